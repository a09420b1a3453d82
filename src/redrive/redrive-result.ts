import type { DeadLetter } from './dead-letter-queue.ts';
import { adviseOn, type ReasonAdvice } from './dead-letter-reasons.ts';

/** What became of a dead letter: `failed` ones, like `kept` ones, are still in the dead-letter queue. */
export type Fate = 'replayed' | 'discarded' | 'kept' | 'failed';

/** The plain result of a redrive, without one email. */
export type RedriveResult = RedriveCounts & {
  /** About how many more there are, behind others of their user that stay. */
  unseen: number;
  /** About how many were in flight: received by another redrive or a console, or by one that was killed. */
  inFlight: number;
  /** Why the run ended before its end. */
  stopped?: string;
  /** Why some messages were not released: they are visible again after the visibility timeout. */
  notReleased?: string;
};

export type RedriveCounts = {
  /** Those that could be seen; the four fates add up to it. */
  deadLetters: number;
  byReason: Record<string, ReasonAdvice & { count: number }>;
  replayed: number;
  /** Written to the file of `--discard` and deleted from the queue. */
  discarded: number;
  kept: number;
  failed: number;
  /** Replayed in this run, and moved to the dead-letter queue again before it ended. */
  returned: number;
  /** Why messages failed, each once. */
  problems: string[];
  messages: SettledMessage[];
};

export type SettledMessage = Pick<
  DeadLetter,
  'messageId' | 'sub' | 'reason' | 'sentAt' | 'receiveCount'
> & { fate: Fate };

export type Settled = { deadLetter: DeadLetter; fate: Fate };

export function settledToCounts(
  settled: Settled[],
  returned: number,
  problems: Iterable<string>,
): RedriveCounts {
  const count = (fate: Fate) => settled.filter((each) => each.fate === fate).length;
  return {
    deadLetters: settled.length,
    byReason: groupByReason(settled),
    replayed: count('replayed'),
    discarded: count('discarded'),
    kept: count('kept'),
    failed: count('failed'),
    returned,
    problems: [...problems],
    messages: settled.map(toMessage),
  };
}

function groupByReason(settled: Settled[]): RedriveCounts['byReason'] {
  const groups = Map.groupBy(settled, ({ deadLetter }) => deadLetter.reason);
  const commonestFirst = [...groups].sort(([, one], [, other]) => other.length - one.length);
  return Object.fromEntries(
    commonestFirst.map(([reason, { length }]) => [reason, { count: length, ...adviseOn(reason) }]),
  );
}

function toMessage({ deadLetter, fate }: Settled): SettledMessage {
  const { messageId, sub, reason, sentAt, receiveCount } = deadLetter;
  return {
    messageId,
    ...(sub !== undefined && { sub }),
    reason,
    ...(sentAt !== undefined && { sentAt }),
    receiveCount,
    fate,
  };
}
