import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { LedgerMirror, LedgerOutcome } from '../ledger/ledger-mirror.ts';
import { toFrames } from '../telemetry/summarize-error.ts';
import type { Counters, CountMetric, Log } from '../telemetry/telemetry.ts';
import { type DecodedMessage, decodeMessage } from '../user/message.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { RetryableError } from '../workos/users.ts';
import type { DeadLetter } from './dead-letter.ts';
import { deliveriesOf, type Retry, type RetryReason } from './retry.ts';

/** What one message came to: done with, or to be delivered again together with what is behind it. */
type Result = { kind: 'done' } | { kind: 'retry'; reason: RetryReason };

const DONE: Result = { kind: 'done' };

/** A message as it was delivered, and what it says. */
type Delivery = { record: SQSRecord; message: DecodedMessage };

/**
 * What is handled as one: a delivery, and the older states of the same user that wait in the same batch,
 * which it supersedes. `at` is its place in the group.
 */
type Work = { delivery: Delivery; superseded: Delivery[]; at: number };

const OUTCOME_METRICS: Record<LedgerOutcome['outcome'], CountMetric> = {
  created: 'OutcomeCreated',
  linked: 'OutcomeLinked',
  updated: 'OutcomeUpdated',
  unchanged: 'OutcomeUnchanged',
  stale: 'OutcomeStale',
  skipped: 'OutcomeSkipped',
  conflict: 'OutcomeConflict',
  rejected: 'OutcomeRejected',
};

/**
 * Mirrors a batch of a FIFO queue: groups side by side, a group's messages in order, of several states of
 * one user only the newest. What has to be retried is reported, and the rest of its group with it.
 *
 * Never rejects: whatever is not known to be done is in `batchItemFailures`, in the batch's order.
 *
 * @returns a function of the batch and a signal that fires while there is still time to report.
 */
export function createBatchConsumer(dependencies: {
  mirror: LedgerMirror;
  deadLetter: DeadLetter;
  retry: Retry;
  log: Log;
  counters: Counters;
  clock: () => Date;
}): (event: SQSEvent, signal: AbortSignal) => Promise<SQSBatchResponse> {
  const { mirror, deadLetter, retry, log, counters, clock } = dependencies;

  return async ({ Records }, signal) => {
    const deliveries = Records.map((record) => ({ record, message: decodeMessage(record.body) }));
    await mirror.prepare(
      deliveries.flatMap(({ message }) => (message.kind === 'message' ? [message.user] : [])),
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
      const result = await consume(delivery, superseded, signal);
      if (result.kind === 'retry') {
        const waiting = group.filter((each) => !done.has(each));
        counters.count('MessageHandedBack', waiting.length);
        const renewed = await retry(
          waiting.map(({ record }) => record),
          result.reason,
        );
        for (const each of waiting) if (renewed.includes(each.record)) done.add(each);
        return;
      }
      if (superseded.length > 0) counters.count('ObservationSuperseded', superseded.length);
      for (const each of [delivery, ...superseded]) done.add(each);
    }
  }

  async function consume(
    { record, message }: Delivery,
    superseded: Delivery[],
    signal: AbortSignal,
  ): Promise<Result> {
    const { messageId } = record;
    if (message.kind === 'malformed') {
      log.error('message malformed', { messageId, reason: message.reason, detail: message.detail });
      return moveToDeadLetters(record, message.reason);
    }
    const { user } = message;
    try {
      const outcome = await mirror.mirror(user, signal, {
        // A replay that a newer sighting supersedes is wanted all the same.
        isReplay: [record, ...superseded.map((each) => each.record)].some(isReplay),
        deliveries: deliveriesOf(record),
      });
      report(user, outcome, messageId);
      if (outcome.outcome !== 'rejected' || outcome.isRepeated) return DONE;
      const result = await moveToDeadLetters(record, outcome.reason);
      if (result.kind === 'done') await mirror.noteRefusal(user, outcome.reason);
      return result;
    } catch (error) {
      return toRetry(error, { messageId, sub: user.sub });
    }
  }

  /** At once; if that fails, the message must not be acknowledged. */
  async function moveToDeadLetters(record: SQSRecord, reason: string): Promise<Result> {
    try {
      await deadLetter(record, reason);
      counters.count('MessageDeadLettered');
      return DONE;
    } catch (error) {
      return toRetry(
        new RetryableError('the dead-letter queue did not take the message', { cause: error }),
        {
          messageId: record.messageId,
        },
      );
    }
  }

  function toRetry(error: unknown, ids: { messageId: string; sub?: string }): Result {
    if (!(error instanceof RetryableError)) {
      // Of an error that nobody has foreseen, the message may hold personal data.
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

  function report(user: ObservedUser, outcome: LedgerOutcome, messageId: string): void {
    counters.count(OUTCOME_METRICS[outcome.outcome]);
    counters.observationAge(Math.max(0, clock().getTime() - Date.parse(user.observedAt)));
    const level = outcome.outcome === 'rejected' ? 'error' : 'info';
    log[level]('observation mirrored', { messageId, sub: user.sub, ...outcome });
  }
}

/** In the order of the newest state of each user; a message that shows no user stands for itself. */
function groupToWork(group: Delivery[]): Work[] {
  const bySub = new Map<string, Work & { observedAt: string }>();
  const work: Work[] = [];
  for (const [at, delivery] of group.entries()) {
    const { message } = delivery;
    if (message.kind === 'malformed') {
      work.push({ delivery, superseded: [], at });
      continue;
    }
    const { sub, observedAt } = message.user;
    const known = bySub.get(sub);
    if (!known) bySub.set(sub, { delivery, superseded: [], at, observedAt });
    else if (Date.parse(observedAt) < Date.parse(known.observedAt)) known.superseded.push(delivery);
    else {
      const superseded = [...known.superseded, known.delivery];
      bySub.set(sub, { delivery, superseded, at, observedAt });
    }
  }
  return [...work, ...bySub.values()].sort((one, other) => one.at - other.at);
}

/** Only a dead letter carries a reason: somebody has sent it again. */
function isReplay(record: SQSRecord): boolean {
  return record.messageAttributes?.reason !== undefined;
}

/** Without a group (a queue that is not FIFO) every message stands for itself. */
function groupOf({ record }: Delivery): string {
  return record.attributes?.MessageGroupId ?? record.messageId;
}
