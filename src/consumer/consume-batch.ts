import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { LedgerMirror, LedgerOutcome } from '../ledger/ledger-mirror.ts';
import type { DeletionOutcome } from '../mirror/deletion-outcome.ts';
import type { FindActive } from '../mirror/find-active.ts';
import type { PasswordSource } from '../passwords/carried-password.ts';
import { toFrames } from '../telemetry/summarize-error.ts';
import type { Counters, CountMetric, Log } from '../telemetry/telemetry.ts';
import { decodeMessage, PATROL_ATTRIBUTE } from '../user/message.ts';
import type { Profiles } from '../user/profiles.ts';
import { runInBackground } from '../workos/background.ts';
import { RetryableError } from '../workos/users.ts';
import type { SendDeadLetter } from './dead-letter.ts';
import {
  aboutWhom,
  type Delivery,
  groupToWork,
  neededForPassword,
  type UserWork,
} from './group-work.ts';
import type { Retry, RetryReason } from './retry.ts';
import { createSettleWork } from './settle-work.ts';

/**
 * `retry`: the message, and those behind it in its group, are delivered again; of those that it supersedes the ones in
 * `needed` alone (default: all).
 */
type MessageResult =
  | { kind: 'done' }
  | { kind: 'retry'; reason: RetryReason; needed?: readonly Delivery[] };

const DONE: MessageResult = { kind: 'done' };
/** The user is mirrored, and the message is delivered again for the password alone. */
const PASSWORD_PENDING: RetryReason = { isRateLimited: false, retryAfterSeconds: undefined };

/** Of an observed user, or of a profile that is gone. */
type MessageOutcome = LedgerOutcome | DeletionOutcome;

const OUTCOME_METRICS: Record<MessageOutcome['outcome'], CountMetric> = {
  created: 'OutcomeCreated',
  linked: 'OutcomeLinked',
  updated: 'OutcomeUpdated',
  unchanged: 'OutcomeUnchanged',
  stale: 'OutcomeStale',
  skipped: 'OutcomeSkipped',
  conflict: 'OutcomeConflict',
  rejected: 'OutcomeRejected',
  deleted: 'OutcomeDeleted',
};

/**
 * Mirrors a batch of a FIFO queue (docs/design.md#consumer): groups in parallel, the messages of a group in
 * order, and of several states of one user only the newest. A message that must be retried is returned to
 * the queue together with the rest of its group.
 *
 * Malformed messages and users that WorkOS refuses go to the dead-letter queue and are acknowledged.
 *
 * @returns a function of the batch and of a signal that aborts while there is still time to report. It
 *   never rejects: every message that is not known to be done is in `batchItemFailures`, in the batch's
 *   order.
 */
export function createBatchConsumer(dependencies: {
  mirror: LedgerMirror;
  /** Asked about users who are said to be gone, or whose message was sent to the queue again. */
  profiles: Profiles;
  /** Asked about disabled users, once for a ban. */
  findActive: FindActive;
  toCarriedPassword: PasswordSource;
  /** The pool of this deployment; absent: the one that a message names. */
  userPoolId?: string | undefined;
  deadLetter: SendDeadLetter;
  retry: Retry;
  log: Log;
  counters: Counters;
  clock: () => Date;
}): (event: SQSEvent, signal: AbortSignal) => Promise<SQSBatchResponse> {
  const { mirror, deadLetter, retry, log, counters, clock } = dependencies;
  const settleWork = createSettleWork(dependencies);

  return async ({ Records }, signal) => {
    const deliveries = Records.map((record) => ({ record, message: decodeMessage(record.body) }));
    await mirror.prepare(
      deliveries.flatMap(({ message }) => aboutWhom(message) ?? []),
      signal,
    );
    const done = new Set<Delivery>();
    const groups = Map.groupBy(deliveries, groupOf);
    await Promise.all([...groups.values()].map((group) => consumeGroup(group, done, signal)));
    const failures = deliveries.filter((delivery) => !done.has(delivery));
    return {
      batchItemFailures: failures.map(({ record }) => ({ itemIdentifier: record.messageId })),
    };
  };

  async function consumeGroup(group: Delivery[], done: Set<Delivery>, signal: AbortSignal) {
    for (const { delivery, superseded } of groupToWork(group)) {
      const result = await consume({ delivery, superseded }, signal);
      if (result.kind === 'retry') {
        const { needed } = result;
        const dispensable = needed ? superseded.filter((each) => !needed.includes(each)) : [];
        for (const each of dispensable) done.add(each);
        if (dispensable.length > 0) counters.count('ObservationSuperseded', dispensable.length);
        const waiting = group.filter((each) => !done.has(each));
        counters.count('MessageHandedBack', waiting.length);
        const resent = await retry(
          waiting.map(({ record }) => record),
          result.reason,
        );
        for (const each of waiting) if (resent.includes(each.record)) done.add(each);
        return;
      }
      if (superseded.length > 0) counters.count('ObservationSuperseded', superseded.length);
      for (const each of [delivery, ...superseded]) done.add(each);
    }
  }

  async function consume(
    { delivery, superseded }: Pick<UserWork, 'delivery' | 'superseded'>,
    signal: AbortSignal,
  ): Promise<MessageResult> {
    const { record, message } = delivery;
    const { messageId } = record;
    if (message.kind === 'malformed') {
      log.error('message malformed', { messageId, reason: message.reason, detail: message.detail });
      return moveToDeadLetterQueue(record, message.reason);
    }
    const about = aboutWhom(message);
    if (!about) return DONE;
    const { sub } = about;
    try {
      const settle = () => settleWork({ delivery, superseded }, about, signal);
      const settled = await (isPatrols(record) ? runInBackground(settle) : settle());
      const { outcome, user, isPasswordPending = false } = settled;
      report(about, outcome, messageId);
      if (outcome.outcome !== 'rejected' || ('isRepeated' in outcome && outcome.isRepeated)) {
        if (!isPasswordPending) return DONE;
        const needed = neededForPassword({ delivery, superseded });
        return { kind: 'retry', reason: PASSWORD_PENDING, needed };
      }
      const result = await moveToDeadLetterQueue(record, outcome.reason);
      if (result.kind === 'done' && user) await mirror.noteRefusal(user, outcome.reason);
      return result;
    } catch (error) {
      return toRetry(error, { messageId, sub });
    }
  }

  /** If SQS does not accept the message, it must not be acknowledged: it is retried. */
  async function moveToDeadLetterQueue(record: SQSRecord, reason: string): Promise<MessageResult> {
    try {
      await deadLetter(record, reason);
      counters.count('MessageDeadLettered');
      return DONE;
    } catch (error) {
      return toRetry(
        new RetryableError('the dead-letter queue did not accept the message', { cause: error }),
        { messageId: record.messageId },
      );
    }
  }

  function toRetry(error: unknown, ids: { messageId: string; sub?: string }): MessageResult {
    if (!(error instanceof RetryableError)) {
      // The text of an unexpected error may quote personal data: only its name and frames are logged.
      const name = error instanceof Error ? error.name : typeof error;
      log.error('unexpected error: the message will be retried', {
        ...ids,
        name,
        frames: toFrames(error),
      });
      counters.count('UnexpectedError');
      return { kind: 'retry', reason: { isRateLimited: false, retryAfterSeconds: undefined } };
    }
    const { message, status, requestId, retryAfterSeconds } = error;
    log.warn('the message will be retried', {
      ...ids,
      reason: message,
      status,
      workosRequestId: requestId,
      retryAfterSeconds,
    });
    return { kind: 'retry', reason: { isRateLimited: status === 429, retryAfterSeconds } };
  }

  function report(
    { sub, observedAt }: { sub: string; observedAt: string },
    outcome: MessageOutcome,
    messageId: string,
  ): void {
    counters.count(OUTCOME_METRICS[outcome.outcome]);
    counters.observationAge(Math.max(0, clock().getTime() - Date.parse(observedAt)));
    const level = outcome.outcome === 'rejected' ? 'error' : 'info';
    log[level]('observation mirrored', { messageId, sub, ...outcome });
  }
}

function isPatrols(record: SQSRecord): boolean {
  return record.messageAttributes?.[PATROL_ATTRIBUTE] !== undefined;
}

/** Without a group (in a queue that is not FIFO) every message is a group of its own. */
function groupOf({ record }: Delivery): string {
  return record.attributes?.MessageGroupId ?? record.messageId;
}
