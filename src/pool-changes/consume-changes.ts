import { summarizeError, toFrames } from '../telemetry/summarize-error.ts';
import type { Counters, Log } from '../telemetry/telemetry.ts';
import { RetryableError } from '../workos/users.ts';
import { eventToChange, type PoolChange } from './change-event.ts';
import type { DeliveredEvent } from './event-batch.ts';
import type { ObservedChange } from './observe-change.ts';

/** A second failure means that Cognito or SQS cannot be asked: the rest of the batch would only add to its load. */
const MAXIMUM_FAILURES = 2;

/** Events of one sub: one read shows what all of them have led to. */
type ChangesOfSub = { newest: PoolChange; messageIds: string[] };

/**
 * Publishes the users that a batch of events is about, one after the other, each sub once.
 *
 * @returns a function that resolves to the ids of the messages to be delivered again. It never rejects.
 */
export function createChangeConsumer(dependencies: {
  userPoolId: string;
  observe: (change: PoolChange, signal: AbortSignal) => Promise<ObservedChange>;
  log: Log;
  counters: Counters;
  clock: () => Date;
}): (deliveries: readonly DeliveredEvent[], signal: AbortSignal) => Promise<string[]> {
  const { userPoolId, observe, log, counters, clock } = dependencies;

  return async (deliveries, signal) => {
    const unfinished: string[] = [];
    let failures = 0;
    for (const { newest, messageIds } of changesBySub(deliveries)) {
      const isDone = failures < MAXIMUM_FAILURES && (await consume(newest, signal));
      if (isDone) {
        if (messageIds.length > 1) counters.count('ObservationSuperseded', messageIds.length - 1);
        continue;
      }
      failures++;
      counters.count('MessageHandedBack', messageIds.length);
      unfinished.push(...messageIds);
    }
    return unfinished;
  };

  function changesBySub(deliveries: readonly DeliveredEvent[]): ChangesOfSub[] {
    const bySub = new Map<string, ChangesOfSub>();
    for (const { messageId, event } of deliveries) {
      const parsed = eventToChange(event, userPoolId);
      if (parsed.kind === 'ignored') {
        ignore(parsed.reason, { detail: parsed.detail });
        continue;
      }
      const { change } = parsed;
      const others = bySub.get(change.sub);
      if (others) {
        others.messageIds.push(messageId);
        others.newest = merge(others.newest, change);
      } else bySub.set(change.sub, { newest: change, messageIds: [messageId] });
    }
    return [...bySub.values()];
  }

  async function consume(change: PoolChange, signal: AbortSignal): Promise<boolean> {
    const { sub, eventName, calledAt } = change;
    try {
      const observed = await observe(change, signal);
      if (observed.kind === 'unknown_sub') {
        ignore('unknown_sub', { sub, eventName });
        return true;
      }
      counters.count('ObservationPublished');
      if (calledAt) {
        counters.observationAge(Math.max(0, clock().getTime() - Date.parse(calledAt)));
      }
      log.info('change published', { sub, eventName, what: observed.what });
      return true;
    } catch (error) {
      report(error, { sub, eventName });
      return false;
    }
  }

  function ignore(reason: string, fields: Record<string, unknown>): void {
    counters.count('ObservationIgnored');
    log.info('change ignored', { reason, ...fields });
  }

  function report(error: unknown, fields: { sub: string; eventName: string }): void {
    if (error instanceof RetryableError) {
      log.warn('the change will be read again', { ...fields, reason: error.message });
      return;
    }
    // The text of an error may quote personal data: only its name, code and frames are logged.
    const frames = toFrames(error);
    log.error('the change will be read again', { ...fields, error: summarizeError(error), frames });
  }
}

/** What one event knows of the sub, the other need not say again. */
function merge(one: PoolChange, other: PoolChange): PoolChange {
  const newest = (other.calledAt ?? '') >= (one.calledAt ?? '') ? other : one;
  return {
    ...newest,
    isDeletion: one.isDeletion || other.isDeletion,
    isOurs: one.isOurs === 'yes' ? 'yes' : other.isOurs,
  };
}
