import { isDeepStrictEqual } from 'node:util';
import type { SrpAnswer } from '../../srp/sign-in.ts';
import { RetryableError } from '../../workos/users.ts';
import type { WholeUser } from '../../workos/whole-user.ts';
import type { CognitoAnswer } from '../call-cognito.ts';
import { makeProfile } from '../make-profile.ts';
import { pause, waitFor } from '../wait.ts';
import type { CanaryProfileInUse, CanaryRun, CanaryWorld } from '../world.ts';
import { renameAndSignIn } from './rename.ts';
import { failed, notProved, type StepOutcome } from './step-outcome.ts';

/**
 * A WorkOS user whose address a stranger's Cognito profile has, unverified, does not change in one field, although
 * the stranger signs up, is confirmed and signs in.
 */
export async function proveSquatter(world: CanaryWorld, run: CanaryRun): Promise<StepOutcome> {
  const { pool, workos } = world;
  const owner = await makeOwner(world, run);
  if ('reason' in owner) return notProved(owner.reason);
  const before = await untilAnswered(world, run, () => workos.wholeUser(owner.id, run.signal));
  const made = await makeProfile(world, run, run.trap, { verified: false, asksForCode: false });
  if (made.kind === 'refused') return notProved(made.why);
  const { sub, emailVerified } = made.profile;
  if (emailVerified) {
    return notProved(
      'the pool has verified the address of a user who proved nothing (a Pre-Sign-up trigger with autoVerifyEmail?): the sync trusts that',
    );
  }
  const trap = { ...run.trap, sub };
  if (made.kind === 'confirmed') await untilObserved(world, run, { sub, after: undefined });
  const seen = await lookAt(world, sub);
  run.signal.throwIfAborted();
  run.pending.set(sub, world.clock());
  const started = performance.now();
  const signIn = await pool.signIn(run.client, trap);
  const processed = await untilProcessed(world, run, { sub, after: seen, signIn });
  const seconds = Math.round((performance.now() - started) / 10) / 100;
  if (processed.kind === 'unknown') return failed(processed.reason, seconds);
  run.pending.delete(sub);
  const after = await untilAnswered(world, run, () => workos.wholeUser(owner.id, run.signal));
  const changed = differencesOf(before, after);
  if (changed.length > 0) {
    return failed(`the WorkOS user of another person has changed: ${changed.join(', ')}`, seconds);
  }
  const own = await untilAnswered(world, run, () => workos.users.findByExternalId(sub, run.signal));
  if (own) return failed(`the stranger has become the WorkOS user ${own.id}`, seconds);
  return { result: 'unchanged', seconds, reason: processed.how };
}

/** Asks WorkOS again while it throttles or does not answer: one such answer is not to end the step. */
async function untilAnswered<T>(
  { times }: CanaryWorld,
  { signal }: CanaryRun,
  read: () => Promise<T>,
): Promise<T> {
  const waited = await waitFor(async () => ({ value: await read() }), { ...times, signal });
  if (waited.kind === 'came') return waited.value.value;
  throw new RetryableError(waited.trouble ?? 'WorkOS did not answer');
}

/** The person whose address is tried: in WorkOS alone, verified. */
async function makeOwner(
  { workos }: CanaryWorld,
  { client, trap, signal }: CanaryRun,
): Promise<{ id: string } | { reason: string }> {
  const { address } = trap.identity;
  signal.throwIfAborted();
  try {
    const written = await workos.users.create({
      email: address,
      emailVerified: true,
      firstName: 'Canary',
      lastName: 'Owner',
      metadata: { cws_canary: client.name.run },
    });
    if (written.kind === 'written') return { id: written.user.id };
    // The answer to a first request was lost.
    const found = await workos.users.findByEmail(address, signal);
    return found.kind === 'found'
      ? { id: found.user.id }
      : { reason: `WorkOS refuses a user with such an address (${written.refusal.code})` };
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    return { reason: error.message };
  }
}

async function lookAt({ lookInLedger }: CanaryWorld, sub: string): Promise<string | undefined> {
  const entry = await lookInLedger(sub);
  return entry === 'unknown' ? undefined : entry?.observedAt;
}

/** Waits until the ledger has an observation of the sub that is later than `after`. */
async function untilObserved(
  { lookInLedger, times }: CanaryWorld,
  { signal }: CanaryRun,
  { sub, after }: { sub: string; after: string | undefined },
): Promise<{ kind: 'observed'; reason: string } | { kind: 'late' | 'unreadable' }> {
  const waited = await waitFor(
    async () => {
      const entry = await lookInLedger(sub);
      if (entry === 'unknown') return entry;
      return entry && (after === undefined || entry.observedAt > after) ? entry : undefined;
    },
    { ...times, signal },
  );
  if (waited.kind === 'late') return waited;
  if (waited.value === 'unknown') return { kind: 'unreadable' };
  const { outcome, reason } = waited.value.state ?? {};
  return { kind: 'observed', reason: reason ?? outcome ?? 'no state' };
}

/** Nothing arrives that could be waited for: the ledger tells, else a later change of the canary's own user. */
async function untilProcessed(
  world: CanaryWorld,
  run: CanaryRun,
  observation: { sub: string; after: string | undefined; signIn: CognitoAnswer<SrpAnswer> },
): Promise<{ kind: 'processed'; how: string } | { kind: 'unknown'; reason: string }> {
  const { signIn } = observation;
  const observed = await untilObserved(world, run, observation);
  const { deadlineMs, settleMs } = world.times;
  switch (observed.kind) {
    case 'observed':
      return { kind: 'processed', how: `known by the consumer's ledger: ${observed.reason}` };
    case 'late':
      return {
        kind: 'unknown',
        reason: `the consumer's ledger has not seen the stranger's sign-in within ${deadlineMs / 1000} s`,
      };
    case 'unreadable':
  }
  // Nothing was sent then that could have changed the owner.
  if (signIn.kind === 'refused') {
    return { kind: 'unknown', reason: `the stranger could not sign in: ${signIn.reason}` };
  }
  const later = await isLaterOneThrough(world, run, run.user);
  if (!later) return { kind: 'unknown', reason: 'nothing tells whether the sign-in was processed' };
  await pause(settleMs, run.signal);
  const how = `the ledger cannot be read: known by a later change of the canary's own that arrived, and ${settleMs / 1000} s more`;
  return { kind: 'processed', how };
}

async function isLaterOneThrough(
  world: CanaryWorld,
  run: CanaryRun,
  { sub, ...user }: CanaryProfileInUse,
): Promise<boolean> {
  if (sub === undefined || !world.facts.renamed) return false;
  const renamed = await renameAndSignIn(world, run, { ...user, sub }, 'Canary-later');
  return renamed.kind === 'shown' && renamed.waited.kind === 'came';
}

function differencesOf(before: WholeUser | undefined, after: WholeUser | undefined): string[] {
  if (!before || !after) return ['it is gone'];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
}
