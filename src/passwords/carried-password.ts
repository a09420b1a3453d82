import type { CarriedPassword } from '../mirror/carried-password.ts';
import { summarizeError, toFrames } from '../telemetry/summarize-error.ts';
import type { Counters, CountMetric, Log } from '../telemetry/telemetry.ts';
import type { ObservedPassword } from '../user/message.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { type PasswordHash, RetryableError } from '../workos/users.ts';
import type { OpenSeal } from './open-seal.ts';
import type { UnusableReason } from './opened-seal.ts';
import type { PlainPassword } from './plain-password.ts';

/** Why a password is not carried. */
type NotCarriedReason = UnusableReason | 'key_unavailable' | 'refused_by_workos';

const METRICS: Record<NotCarriedReason, CountMetric> = {
  malformed: 'PasswordMalformed',
  too_long: 'PasswordTooLong',
  foreign_key: 'PasswordForeignKey',
  broken: 'PasswordBroken',
  too_old: 'PasswordTooOld',
  in_the_future: 'PasswordTooOld',
  other_user: 'PasswordOtherUser',
  key_unavailable: 'PasswordKeyUnavailable',
  refused_by_workos: 'PasswordRefused',
};

/** Which message brought the password, for the log, and who was observed then. */
type Source = { user: ObservedUser; messageId: string };

export type PasswordSource = (password: ObservedPassword, source: Source) => CarriedPassword;

/** For so long after a failure KMS is not asked: its timeouts must not hold up the other users of the queue. */
const UNAVAILABLE_MS = 5_000;

/**
 * Prepares what a message says about the user's password for the mirror, which opens it where it may be used
 * (docs/design.md#passwords). Whatever the password is, the observation is mirrored.
 *
 * @param dependencies.open absent where no key is configured: a sealed password is then of no use.
 */
export function createPasswordSource(dependencies: {
  open: OpenSeal | undefined;
  hash: (password: PlainPassword) => Promise<PasswordHash>;
  log: Log;
  counters: Counters;
  /** Milliseconds. Default: the process's own clock. */
  now?: () => number;
}): PasswordSource {
  const { open, hash, log, counters, now = () => performance.now() } = dependencies;
  let unavailableUntil = Number.NEGATIVE_INFINITY;

  return ({ sealed, isReset }, { user, messageId }) => {
    let hashing: Promise<PasswordHash | undefined> | undefined;
    let isPending = false;
    let isRefused = false;

    function drop(reason: NotCarriedReason, details: Record<string, unknown> = {}): undefined {
      counters.count(METRICS[reason]);
      log.warn('password not carried', { messageId, sub: user.sub, reason, ...details });
    }

    async function openAndHash(): Promise<PasswordHash | undefined> {
      if (sealed === undefined) return undefined;
      if (!open) return drop('foreign_key');
      isPending = now() < unavailableUntil;
      if (isPending) return drop('key_unavailable');
      try {
        const opened = await open(sealed, user);
        return opened.kind === 'opened' ? await hash(opened.password) : drop(opened.reason);
      } catch (error) {
        return giveUp(error);
      }
    }

    /** A defect costs the password, not the observation; its message may hold anything. */
    function giveUp(error: unknown): undefined {
      if (error instanceof RetryableError) {
        isPending = true;
        unavailableUntil = now() + UNAVAILABLE_MS;
        return drop('key_unavailable', { problem: error.message });
      }
      counters.count('UnexpectedError');
      log.error('unexpected error: the password is not carried', {
        messageId,
        sub: user.sub,
        error: summarizeError(error),
        frames: toFrames(error),
      });
      return undefined;
    }

    return {
      isReset,
      observedAt: user.observedAt,
      isSealed: sealed !== undefined,
      async hash() {
        hashing ??= openAndHash();
        return isRefused ? undefined : hashing;
      },
      isPending: () => isPending,
      refuse(code) {
        isRefused = true;
        drop('refused_by_workos', { code });
      },
    };
  };
}
