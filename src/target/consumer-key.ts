import { paginateListFunctions } from '@aws-sdk/client-lambda';
import { ask } from '../preflight/check.ts';
import { askForKey } from '../preflight/key-parameter.ts';
import { parseFunctionName } from '../user-pool-triggers/function-name.ts';
import type { ListableWorkosUsers } from '../workos/users.ts';
import type { TargetDependencies } from './target-dependencies.ts';

/** The key of the command, held against the key of the deployed consumer of the same pool. */
export type ConsumerKey =
  | { kind: 'same'; stage: string }
  /** Another key of the same WorkOS environment, as while keys are rotated. */
  | { kind: 'same_environment'; stage: string }
  /** What this command writes, the consumer of this pool does not see. */
  | { kind: 'another_environment'; stage: string }
  | { kind: 'no_deployment' }
  | { kind: 'unknown'; why: string };

const PROBE_DEADLINE_MS = 5_000;

/**
 * @param users what the command's key sees of WorkOS's users: the consumer's key sees the same one in the same
 *   environment; undefined where WorkOS does not answer that key, which then tells nothing.
 */
export async function compareWithConsumer(
  dependencies: TargetDependencies,
  key: string,
  users: readonly { id: string }[] | undefined,
): Promise<ConsumerKey> {
  const { clients, userPoolId, workos } = dependencies;
  const found = await ask((signal) => findConsumers(dependencies, signal));
  if (!found.known) return { kind: 'unknown', why: 'needs lambda:ListFunctions' };
  const consumers = found.value;
  const [consumer, ...others] = consumers;
  if (!consumer) return { kind: 'no_deployment' };
  if (others.length > 0) {
    const stages = consumers.map(({ stage }) => stage).join(', ');
    return { kind: 'unknown', why: `several stages observe ${userPoolId}: ${stages}` };
  }
  const { stage, keyParameter } = consumer;
  const stored = await askForKey(clients.ssm, keyParameter);
  if (!stored.known || stored.value.value === '') {
    return { kind: 'unknown', why: `needs ssm:GetParameter on ${keyParameter}` };
  }
  if (stored.value.value === key || !workos) return { kind: 'same', stage };
  const kind = users && (await probe(workos.withKey(stored.value.value), users[0]?.id));
  if (kind !== undefined) return { kind, stage };
  return { kind: 'unknown', why: 'the keys differ, and no user of WorkOS tells whose they are' };
}

type Consumer = { stage: string; keyParameter: string };

async function findConsumers(
  { clients, userPoolId }: TargetDependencies,
  abortSignal: AbortSignal,
): Promise<Consumer[]> {
  const found: Consumer[] = [];
  const pages = paginateListFunctions({ client: clients.lambda }, {}, { abortSignal });
  for await (const { Functions = [] } of pages) {
    for (const { FunctionName = '', Environment } of Functions) {
      const { stage, own } = parseFunctionName(FunctionName) ?? {};
      if (own !== 'consumer') continue;
      const variables = Environment?.Variables ?? {};
      const keyParameter = variables.WORKOS_API_KEY_PARAMETER;
      if (stage === undefined || keyParameter === undefined) continue;
      if (variables.SYNC_USER_POOL_ID === userPoolId) found.push({ stage, keyParameter });
    }
  }
  return found;
}

/**
 * Ids are unique across environments: a user of one is not found with a key of another.
 *
 * @returns undefined where nothing tells.
 */
async function probe(
  consumersUsers: Pick<ListableWorkosUsers, 'list' | 'get'>,
  userId: string | undefined,
): Promise<'same_environment' | 'another_environment' | undefined> {
  const signal = AbortSignal.timeout(PROBE_DEADLINE_MS);
  try {
    if (userId !== undefined) {
      const user = await consumersUsers.get(userId, signal);
      return user ? 'same_environment' : 'another_environment';
    }
    const { users } = await consumersUsers.list(undefined, signal);
    return users.length > 0 ? 'another_environment' : undefined;
  } catch {
    return undefined;
  }
}
