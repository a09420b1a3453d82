import type { Deployment } from '../user-pool-triggers/find-deployment.ts';
import type { StackFact, Told } from './facts.ts';

/** Where the things of a stage are; each is there as soon as it is known, and waits for no other. */
export type Places = {
  /** Undefined: no deployment observes the pool. */
  stage: Promise<Told<string | undefined>>;
  deployment: Promise<Told<Deployment | undefined>>;
  stack: Promise<Told<StackFact | undefined>>;
  queueUrl: Promise<Told<string>>;
  deadLetterQueueUrl: Promise<Told<string>>;
  table: Promise<Told<string>>;
};

/** The values of the variables, where they are set. */
export type NamedPlaces = { queueUrl?: string; deadLetterQueueUrl?: string; table?: string };

/**
 * Finds the stage (of `--stage`, else of the one deployment that observes the pool), its stack, and by the stack's
 * outputs the queues and the table that no variable names.
 */
export function findPlaces(options: {
  stage: string | undefined;
  named: NamedPlaces;
  deployments: Promise<Told<Deployment[]>>;
  findStack: (stage: string) => Promise<Told<StackFact | undefined>>;
  now: () => Date;
}): Places {
  const { named, findStack, now } = options;
  const told = <T>(value: T): Told<T> => ({ known: true, value, at: now().toISOString() });
  const deployment = options.deployments.then((found) => chooseDeployment(found, options.stage));
  const stage = options.stage === undefined ? deployment.then(toStage) : told(options.stage);
  const stack = Promise.resolve(stage).then(async (each): Promise<Told<StackFact | undefined>> => {
    if (!each.known) return each;
    return each.value === undefined ? told(undefined) : findStack(each.value);
  });
  const find = async (given: string | undefined, output: string, variable: string) => {
    if (!given) return toOutput(await stack, output, variable);
    const why = toMismatch(given, await stack, output, variable);
    return why === undefined ? told(given) : { known: false as const, why };
  };
  return {
    stage: Promise.resolve(stage),
    deployment,
    stack,
    queueUrl: find(named.queueUrl, 'SyncQueueUrl', 'SYNC_QUEUE_URL'),
    deadLetterQueueUrl: find(named.deadLetterQueueUrl, 'SyncDeadLetterQueueUrl', 'SYNC_DLQ_URL'),
    table: find(named.table, 'SyncLedgerTable', 'SYNC_LEDGER_TABLE'),
  };
}

function chooseDeployment(
  found: Told<Deployment[]>,
  stage: string | undefined,
): Told<Deployment | undefined> {
  if (!found.known) return found;
  const all = found.value;
  const matching = stage === undefined ? all : all.filter((each) => each.stage === stage);
  const [deployment] = matching;
  if (matching.length === 0 && all.length > 0) {
    const others = all.map((each) => each.stage).join(', ');
    const why = `the stage ${stage ?? ''} does not observe this pool, another one does: give --stage ${others}`;
    return { known: false, why };
  }
  if (matching.length <= 1) return { ...found, value: deployment };
  const stages = matching.map((each) => each.stage).join(', ');
  return { known: false, why: `several stages observe this pool: give --stage (${stages})` };
}

function toStage(deployment: Told<Deployment | undefined>): Told<string | undefined> {
  if (deployment.known) return { ...deployment, value: deployment.value?.stage };
  const why = deployment.why.includes('--stage')
    ? deployment.why
    : `which stage? Give --stage (${deployment.why})`;
  return { known: false, why };
}

/** A variable that was left over from another stage would show that stage's numbers. Names are compared, not hosts. */
function toMismatch(
  given: string,
  stack: Told<StackFact | undefined>,
  output: string,
  variable: string,
): string | undefined {
  const value = stack.known ? stack.value?.outputs[output] : undefined;
  const nameOf = (place: string) => place.split('/').at(-1) ?? place;
  if (!value || nameOf(value) === nameOf(given)) return undefined;
  return `${variable} is ${nameOf(given)}, and the stage has ${nameOf(value)}: unset the variable`;
}

function toOutput(
  stack: Told<StackFact | undefined>,
  output: string,
  variable: string,
): Told<string> {
  if (!stack.known) return { known: false, why: `${variable} is not set, and ${stack.why}` };
  const value = stack.value?.outputs[output];
  if (value) return { ...stack, value };
  const why = stack.value
    ? `${variable} is not set, and the stack ${stack.value.name} has no output ${output}`
    : 'nothing is deployed';
  return { known: false, why };
}
