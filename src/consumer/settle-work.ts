import type { LedgerMirror, LedgerOutcome } from '../ledger/ledger-mirror.ts';
import type { DeletionOutcome } from '../mirror/deletion-outcome.ts';
import type { FindActive } from '../mirror/find-active.ts';
import type { PasswordSource } from '../passwords/carried-password.ts';
import type { Counters, Log } from '../telemetry/telemetry.ts';
import type { GoneUser } from '../user/message.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import { RetryableError } from '../workos/users.ts';
import { passwordIn, type UserWork } from './group-work.ts';
import { deliveriesOf, isReplay, isResent } from './retry.ts';

/**
 * `user`: what was mirrored; absent where Cognito does not have the profile. `isPasswordPending`: the user was
 * mirrored, but the key of the password could not be used now.
 */
type SettledWork = {
  outcome: LedgerOutcome | DeletionOutcome;
  user?: ObservedUser;
  isPasswordPending?: boolean;
};

/**
 * Settles what a group's messages say about one user. Where one of them says that the profile is gone, or was sent to
 * the queue again, Cognito is asked, and its answer is what counts: a profile that it has is mirrored, whatever the
 * messages say.
 *
 * @throws RetryableError
 */
type SettleWork = (
  work: Pick<UserWork, 'delivery' | 'superseded'>,
  about: ObservedUser | GoneUser,
  signal: AbortSignal,
) => Promise<SettledWork>;

/** @param dependencies.userPoolId the pool of this deployment; absent: the one that a message names. */
export function createSettleWork(dependencies: {
  mirror: LedgerMirror;
  profiles: Profiles;
  findActive: FindActive;
  toCarriedPassword: PasswordSource;
  userPoolId?: string | undefined;
  log: Log;
  counters: Counters;
}): SettleWork {
  const { mirror, profiles, findActive, toCarriedPassword, userPoolId, log, counters } =
    dependencies;

  return async (work, about, signal) => {
    const gone = goneMessages(work);
    const isAsked = gone.length > 0 || isResent(work.delivery.record);
    const user = isAsked || !isObservation(about) ? await profiles.find(about, signal) : about;
    if (user) return { ...(await mirrorUser(user, work, signal)), user };
    // A message that was sent again may be as old as a week: it is no word that the profile was deleted.
    if (gone.length === 0) return { outcome: { outcome: 'stale' } };
    return { outcome: await settleGone(gone, signal) };
  };

  async function mirrorUser(
    user: ObservedUser,
    work: Pick<UserWork, 'delivery' | 'superseded'>,
    signal: AbortSignal,
  ): Promise<{ outcome: LedgerOutcome; isPasswordPending: boolean }> {
    const { delivery, superseded } = work;
    const brought = passwordIn(work);
    const password = brought && toCarriedPassword(brought.password, brought);
    const options = {
      // A replayed message counts as a replay also where a newer observation supersedes it.
      isReplay: [delivery, ...superseded].some(({ record }) => isReplay(record)),
      deliveries: deliveriesOf(delivery.record),
      password,
    };
    const first = await mirror.mirror(user, signal, options);
    const isOwed = first.outcome === 'stale' && password && mirror.isOwed(user.sub, password);
    const current = isOwed ? await profiles.find(user, signal) : undefined;
    const outcome = current ? await mirror.mirror(asOfNow(current), signal, options) : first;
    const isBanned = outcome.outcome === 'skipped' && outcome.reason === 'disabled';
    if (isBanned && !outcome.isRepeated) await lookUpBanned(user, signal);
    if ('passwordCarried' in outcome) {
      counters.count('PasswordCarried');
      if (outcome.passwordCarried === 'first') counters.count('PasswordCarriedFirst');
    }
    return { outcome, isPasswordPending: password?.isPending() ?? false };
  }

  async function lookUpBanned(user: ObservedUser, signal: AbortSignal): Promise<void> {
    const workosUserId = await findActive(user, signal);
    if (workosUserId !== undefined) {
      counters.count('DisabledButActive');
      log.warn('disabled in Cognito, but the WorkOS user can still sign in', {
        sub: user.sub,
        workosUserId,
      });
    }
    await mirror.noteBan(user.sub);
  }

  async function settleGone(gone: GoneUser[], signal: AbortSignal): Promise<DeletionOutcome> {
    const ours = gone.find((each) => userPoolId === undefined || each.userPoolId === userPoolId);
    // Cognito was asked about this pool: it has said nothing about a profile of another one.
    if (!ours) return { outcome: 'skipped', reason: 'another_pool' };
    const outcome = await mirror.settleGone(ours, signal);
    if (outcome.outcome === 'skipped' && outcome.reason === 'in_cognito') {
      throw new RetryableError('Cognito has the profile again: it will be mirrored');
    }
    if (outcome.outcome === 'conflict' && outcome.reason === 'deletion_held_back') {
      counters.count('DeletionHeldBack');
    }
    return outcome;
  }
}

function goneMessages({ delivery, superseded }: Pick<UserWork, 'delivery' | 'superseded'>) {
  return [delivery, ...superseded].flatMap(({ message }) =>
    message.kind === 'gone' ? [message.gone] : [],
  );
}

/** The profile has just been read: that it was last changed long ago does not make it outdated. */
function asOfNow({ modifiedAt: _, ...user }: ObservedUser): ObservedUser {
  return user;
}

function isObservation(about: ObservedUser | GoneUser): about is ObservedUser {
  return 'username' in about;
}
