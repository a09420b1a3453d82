import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ObservedUser } from '../cognito/observed-user.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { Outcome } from '../mirror/outcome.ts';
import type { Counters, CountMetric, Log } from '../telemetry.ts';
import { RetryableError } from '../workos/user-directory.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { HandBack } from './hand-back.ts';
import { decodeMessage } from './message.ts';

/** What one message came to: done with, or to be tried again together with what is behind it. */
type Verdict = { kind: 'done' } | { kind: 'wait'; retryAfterSeconds: number | undefined };

const DONE: Verdict = { kind: 'done' };

const OUTCOME_METRICS: Record<Outcome['outcome'], CountMetric> = {
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
 * Mirrors a batch of a FIFO queue (DESIGN, section 5): groups side by side, a group's messages in
 * order. What has to wait is handed back, and the rest of its group behind it.
 *
 * Never rejects: whatever is not known to be done is in `batchItemFailures`, in the batch's order.
 *
 * @returns a function of the batch and a signal that fires while there is still time to hand back.
 */
export function createBatchConsumer(dependencies: {
  mirror: Mirror;
  deadLetter: DeadLetter;
  handBack: HandBack;
  log: Log;
  counters: Counters;
  clock: () => Date;
}): (event: SQSEvent, signal: AbortSignal) => Promise<SQSBatchResponse> {
  const { mirror, deadLetter, handBack, log, counters, clock } = dependencies;

  return async (event, signal) => {
    const done = new Set<string>();
    const groups = Map.groupBy(event.Records, groupOf);
    await Promise.all([...groups.values()].map((group) => consumeGroup(group, done, signal)));
    const failures = event.Records.filter((record) => !done.has(record.messageId));
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

  async function consumeGroup(group: SQSRecord[], done: Set<string>, signal: AbortSignal) {
    for (const [index, record] of group.entries()) {
      const verdict = await consume(record, signal);
      if (verdict.kind === 'wait') {
        const waiting = group.slice(index);
        counters.count('MessageHandedBack', waiting.length);
        return handBack(waiting, verdict.retryAfterSeconds);
      }
      done.add(record.messageId);
    }
  }

  async function consume(record: SQSRecord, signal: AbortSignal): Promise<Verdict> {
    const { messageId } = record;
    const message = decodeMessage(record.body);
    if (message.kind === 'malformed') {
      log.error('message malformed', { messageId, reason: message.reason, detail: message.detail });
      return bury(record, message.reason);
    }
    const { user } = message;
    try {
      const outcome = await mirror(user, signal);
      report(user, outcome, messageId);
      return outcome.outcome === 'rejected' ? await bury(record, outcome.reason) : DONE;
    } catch (error) {
      return wait(error, { messageId, sub: user.sub });
    }
  }

  /** To the dead-letter queue, at once; if that fails, the message must not be acknowledged. */
  async function bury(record: SQSRecord, reason: string): Promise<Verdict> {
    try {
      await deadLetter(record, reason);
      counters.count('MessageDeadLettered');
      return DONE;
    } catch (error) {
      return wait(error, { messageId: record.messageId });
    }
  }

  function wait(error: unknown, ids: { messageId: string; sub?: string }): Verdict {
    const retryable = error instanceof RetryableError ? error : undefined;
    log.warn('message handed back: it will be tried again', {
      ...ids,
      // Only our own messages are known to hold no personal data.
      reason: retryable?.message ?? (error instanceof Error ? error.name : 'UnknownError'),
      status: retryable?.status,
      workosRequestId: retryable?.requestId,
      retryAfterSeconds: retryable?.retryAfterSeconds,
    });
    return { kind: 'wait', retryAfterSeconds: retryable?.retryAfterSeconds };
  }

  function report(user: ObservedUser, outcome: Outcome, messageId: string): void {
    counters.count(OUTCOME_METRICS[outcome.outcome]);
    counters.observationAge(Math.max(0, clock().getTime() - Date.parse(user.observedAt)));
    const level = outcome.outcome === 'rejected' ? 'error' : 'info';
    log[level]('observation mirrored', { messageId, sub: user.sub, ...outcome });
  }
}

/** Without a group (a queue that is not FIFO) every message stands for itself. */
function groupOf(record: SQSRecord): string {
  return record.attributes?.MessageGroupId ?? record.messageId;
}
