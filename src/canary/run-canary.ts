import { OperatorError } from '../operator-error.ts';
import { type CanaryClient, identityOf, newRun } from './mark.ts';
import { passwordOf, usernameOf } from './pool-facts.ts';
import { removeAll } from './remove.ts';
import { provePassword } from './steps/password.ts';
import { proveSignIn } from './steps/sign-in.ts';
import { proveSignUp } from './steps/sign-up.ts';
import { proveSquatter } from './steps/squatter.ts';
import { notProved, type StepOutcome } from './steps/step-outcome.ts';
import {
  CANARY_STEPS,
  type CanaryEnd,
  type CanaryReport,
  type CanaryRole,
  type CanaryStep,
  type LeftBehind,
  type StepReport,
} from './types.ts';
import type { CanaryProfileInUse, CanaryRun, CanaryWorld } from './world.ts';

const PROOFS: Record<CanaryStep, (world: CanaryWorld, run: CanaryRun) => Promise<StepOutcome>> = {
  sign_up: proveSignUp,
  sign_in: proveSignIn,
  squatter: proveSquatter,
  password: provePassword,
};

/** Beside the deadlines of the steps: for the requests, and for the removal. */
const MARGIN_MS = 300_000;
/** As many deadlines as a run can wait for. */
const DEADLINES = 7;

/**
 * Proves the live path with throw-away users, step by step, and removes everything that it has made, however it
 * ends. Meant to be called after {@link sweep}.
 *
 * @param options.mailbox where Cognito's mails go.
 * @param options.stop ends the run in good order.
 */
export async function runCanary(
  world: CanaryWorld,
  { mailbox, stop }: { mailbox: string; stop: AbortSignal },
): Promise<CanaryReport> {
  const { deadlineMs, settleMs } = world.times;
  const leaseMs = DEADLINES * deadlineMs + 2 * settleMs + MARGIN_MS;
  const leaseEnds = Math.ceil((world.clock().getTime() + leaseMs) / 1000);
  const name = { run: newRun(), leaseEnds, mailbox };
  // Another run removes what this one makes as soon as the lease is over.
  const signal = AbortSignal.any([stop, AbortSignal.timeout(leaseMs - MARGIN_MS / 2)]);
  const steps: StepReport[] = [];
  if (stop.aborted) return { run: name.run, end: 'stopped', steps, left: [] };
  const created = await world.appClients.create(name);
  if (created.kind === 'refused') {
    for (const step of CANARY_STEPS)
      report(
        world,
        steps,
        step,
        notProved(`there is no app client to sign up with: ${created.reason}`),
      );
    const left = await removeClients(world, name.run);
    return { run: name.run, end: endOf(world, steps, stop), steps, left };
  }
  const run = toRun(world, created.value, signal);
  try {
    for (const step of CANARY_STEPS) {
      signal.throwIfAborted();
      world.observer.begins(step);
      const outcome = await PROOFS[step](world, run).catch((error) => toNotProved(error, signal));
      report(world, steps, step, outcome);
    }
  } catch (error) {
    if (!signal.aborted) {
      for (const { kind, id, reason } of await removeMade(world, run)) {
        world.observer.notice(`left behind: ${kind.replace('_', ' ')} ${id}: ${reason}`);
      }
      throw error;
    }
  }
  world.observer.notice('removing what was made');
  const left = await removeMade(world, run);
  return { run: name.run, end: endOf(world, steps, stop), steps, left };
}

/** Credentials that expire, or a side that refuses: the other steps are tried, and all is removed that can be. */
function toNotProved(error: unknown, signal: AbortSignal): StepOutcome {
  if (signal.aborted || !(error instanceof OperatorError)) throw error;
  return notProved(error.message);
}

/** Says what is left however the removal ends. */
async function removeMade(world: CanaryWorld, { client, pending }: CanaryRun) {
  try {
    const left = await removeAll(world, client, pending);
    return [...left, ...(await removeClients(world, client.name.run, left))];
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return [{ kind: 'app_client' as const, id: client.id, reason: error.message }];
  }
}

/** A second app client of the run's, made by a request whose answer was lost. */
async function removeClients(
  world: CanaryWorld,
  run: string,
  left: readonly LeftBehind[] = [],
): Promise<LeftBehind[]> {
  const listed = await world.appClients.list();
  if (listed.kind === 'refused') return [];
  const kept = new Set(left.map(({ id }) => id));
  const more: LeftBehind[] = [];
  for (const client of listed.value) {
    if (client.name.run !== run || kept.has(client.id)) continue;
    const deleted = await world.appClients.delete(client.id);
    if (deleted.kind === 'refused') {
      more.push({ kind: 'app_client', id: client.id, reason: deleted.reason });
    }
  }
  return more;
}

function toRun(world: CanaryWorld, client: CanaryClient, signal: AbortSignal): CanaryRun {
  const profileOf = (role: CanaryRole): CanaryProfileInUse => {
    const identity = identityOf(client, role);
    return {
      identity,
      username: usernameOf(world.facts, identity),
      password: passwordOf(world.facts, identity),
    };
  };
  return { client, user: profileOf('user'), trap: profileOf('trap'), pending: new Map(), signal };
}

function report(
  { observer, times }: CanaryWorld,
  steps: StepReport[],
  step: CanaryStep,
  outcome: StepOutcome,
): void {
  const ended = { step, deadlineSeconds: times.deadlineMs / 1000, ...outcome };
  steps.push(ended);
  observer.ends(ended);
}

/** A step that the deployment does not promise is not missed. */
function endOf({ passwords }: CanaryWorld, steps: StepReport[], stop: AbortSignal): CanaryEnd {
  if (stop.aborted) return 'stopped';
  if (steps.some(({ result }) => result === 'failed')) return 'failed';
  const isExpected = ({ step }: StepReport) => step !== 'password' || passwords.kind !== 'off';
  const isMissing = steps.length < CANARY_STEPS.length;
  const isOpen = steps.some((each) => each.result === 'not_proved' && isExpected(each));
  return isMissing || isOpen ? 'partly' : 'proved';
}
