import { setTimeout as sleep } from 'node:timers/promises';
import { RefusedError, RetryableError, type WorkosUser } from '../workos/users.ts';
import { findOwn } from './make-profile.ts';
import { type CanaryClient, identityOf } from './mark.ts';
import { usernameOf } from './pool-facts.ts';
import { untilSettled } from './settle.ts';
import { CANARY_ROLES, type CanaryRole, type LeftBehind } from './types.ts';
import type { CanaryWorld, PendingSubs } from './world.ts';

const LONGEST_ROUNDS = 5;

export type RemovalWorld = Pick<
  CanaryWorld,
  | 'userPoolId'
  | 'facts'
  | 'pool'
  | 'appClients'
  | 'workos'
  | 'lookInLedger'
  | 'lookAtQueue'
  | 'times'
>;

/**
 * Removes everything that was made with an app client of the canary's: its profiles first, because Cognito's
 * triggers make WorkOS users; then, when no message is under way any more, their WorkOS users; and the app client
 * last, because its secret tells a later run what is the canary's. Each can be gone already.
 *
 * @param pending see `untilSettled`.
 * @returns what is left, the app client included.
 */
export async function removeAll(
  world: RemovalWorld,
  client: CanaryClient,
  pending: PendingSubs | 'unknown',
): Promise<LeftBehind[]> {
  const left: LeftBehind[] = [];
  const subs = new Map<CanaryRole, string>();
  for (const role of CANARY_ROLES) {
    const { sub, problem } = await removeProfile(world, client, role);
    if (sub !== undefined) subs.set(role, sub);
    if (problem) left.push(problem);
  }
  // What Cognito still has, the patrol would bring again: both sides stay for the next run.
  if (left.length > 0) return [...left, clientLeft(client)];
  const settled = await untilSettled(world, pending);
  left.push(...(await removeUntilGone(world, client, subs)));
  if (left.length > 0) return [...left, clientLeft(client)];
  if (settled === 'not_yet') {
    return [
      clientLeft(client, 'kept for the next run, because messages about it may still be queued'),
    ];
  }
  const deleted = await world.appClients.delete(client.id);
  return deleted.kind === 'ok' ? [] : [clientLeft(client, deleted.reason)];
}

/** A message that was processed meanwhile may have made a user again, so that a removal is looked at once more. */
async function removeUntilGone(
  world: RemovalWorld,
  client: CanaryClient,
  subs: ReadonlyMap<CanaryRole, string>,
): Promise<LeftBehind[]> {
  for (let round = 1; ; round++) {
    // Also before the first one: the second trigger of a sign-in may have sent one more message.
    if (subs.size > 0) await sleep(world.times.lookAgainMs);
    const results = [];
    for (const role of CANARY_ROLES) {
      results.push(await removeUser(world, client, role, subs.get(role)));
    }
    const left = results.flatMap((each) => each.left);
    // One that WorkOS throttles, or does not answer, is asked for again.
    const isOpen = results.some(({ deleted, isUnanswered }) => deleted > 0 || isUnanswered);
    if (!isOpen || round === LONGEST_ROUNDS) return left;
    if (subs.size === 0) await sleep(world.times.lookAgainMs);
  }
}

/** @param reason default: it is needed to find the rest. */
function clientLeft({ id }: CanaryClient, reason?: string): LeftBehind {
  return {
    kind: 'app_client',
    id,
    reason: reason ?? 'kept, because the next run finds the rest by it',
  };
}

async function removeProfile(
  world: RemovalWorld,
  client: CanaryClient,
  role: CanaryRole,
): Promise<{ sub?: string; problem?: LeftBehind }> {
  const identity = identityOf(client, role);
  const username = usernameOf(world.facts, identity);
  const found = await findOwn(world, { username, identity });
  const toProblem = (reason: string): LeftBehind => ({
    kind: 'cognito_user',
    id: username,
    reason,
  });
  if (found.kind === 'refused') return { problem: toProblem(found.reason) };
  if (!found.value) return {};
  const { sub } = found.value;
  const deleted = await world.pool.delete(found.value.username);
  return deleted.kind === 'ok' ? { sub } : { sub, problem: toProblem(deleted.reason) };
}

/** The WorkOS users of a profile: the one with its sub, and the one with its address. */
async function removeUser(
  world: RemovalWorld,
  client: CanaryClient,
  role: CanaryRole,
  sub: string | undefined,
): Promise<{ deleted: number; left: LeftBehind[]; isUnanswered: boolean }> {
  const { users } = world.workos;
  const { address } = identityOf(client, role);
  try {
    const byAddress = await users.findByEmail(address);
    const bySub = sub === undefined ? undefined : await users.findByExternalId(sub);
    const found = [
      ...(byAddress.kind === 'found' ? [byAddress.user] : []),
      ...(bySub ? [bySub] : []),
    ];
    const left: LeftBehind[] = [];
    let deleted = 0;
    for (const user of new Map(found.map((each) => [each.id, each])).values()) {
      if (isOwnUser(user, { address, userPoolId: world.userPoolId, run: client.name.run })) {
        await users.delete(user.id);
        deleted += 1;
      } else {
        const reason = 'it has the address or the sub of the canary, and not its tags: look at it';
        left.push({ kind: 'workos_user', id: user.id, reason });
      }
    }
    return { deleted, left, isUnanswered: false };
  } catch (error) {
    if (!(error instanceof RetryableError) && !(error instanceof RefusedError)) throw error;
    const left: LeftBehind[] = [{ kind: 'workos_user', id: address, reason: error.message }];
    return { deleted: 0, left, isUnanswered: error instanceof RetryableError };
  }
}

/** An address that nobody else can make up, and the tag of the sync or of the canary. */
function isOwnUser(
  { email, metadata }: WorkosUser,
  { address, userPoolId, run }: { address: string; userPoolId: string; run: string },
): boolean {
  const isTagged = metadata.cognito_pool === userPoolId || metadata.cws_canary === run;
  return email.toLowerCase() === address && isTagged;
}
