import { setTimeout as delay } from 'node:timers/promises';
import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Log } from '../telemetry/telemetry.ts';
import { deduplicationId, encodeMessage, PATROL_ATTRIBUTE } from '../user/message.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { callAws, PatrolAwsError } from './aws-call.ts';
import type { RoundKind } from './patrol-state.ts';
import { type QueueRoom, VISIBLE_BOUND } from './queue-room.ts';

/** Of one SendMessageBatch: as many messages as the room gives at once, and the bytes of the SQS quota. */
const BATCH = { messages: VISIBLE_BOUND, bytes: 240_000 };
const ATTEMPTS = 6;
const FIRST_DELAY_MS = 200;

/**
 * Sends users to the queue and resolves when SQS has accepted every message. Each batch waits for room in the
 * queue. Rejects when SQS does not accept a message after several tries: the page is published again later.
 *
 * @returns how many were refused for good: each is logged.
 */
export type PublishUsers = (
  users: readonly ObservedUser[],
  round: { id: string; kind: RoundKind },
  signal: AbortSignal,
) => Promise<{ refused: number }>;

type Entry = SendMessageBatchRequestEntry & { MessageBody: string; MessageGroupId: string };

export function createPublishUsers(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  queueUrl: string;
  room: Pick<QueueRoom, 'take'>;
  log: Log;
}): PublishUsers {
  const { sqs, queueUrl, room, log } = dependencies;

  return async (users, { id, kind }, signal) => {
    let refused = 0;
    for (const batch of toBatches(users.map((user) => toEntry(user, id)))) {
      await room.take(batch.length, kind, signal);
      refused += await sendBatch(batch, signal);
    }
    return { refused };
  };

  async function sendBatch(batch: Entry[], signal: AbortSignal): Promise<number> {
    let refused = 0;
    let open = batch.map((entry, index) => ({ ...entry, Id: String(index) }));
    for (let attempt = 1; ; attempt++) {
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: open });
      const { Failed = [] } = await callAws(
        'sqs:SendMessage',
        queueUrl,
        () => sqs.send(command, { abortSignal: signal }),
        signal,
      );
      const failures = new Map(Failed.map((failure) => [failure.Id, failure]));
      for (const { Id, MessageGroupId: sub } of open) {
        const failure = failures.get(Id);
        // The message itself is wrong (SQS API reference, BatchResultErrorEntry): it would hold up the round.
        if (!failure?.SenderFault) continue;
        refused += 1;
        log.error('SQS refuses the message of a user', { sub, error: { name: failure.Code } });
      }
      open = open.filter(({ Id }) => failures.has(Id) && !failures.get(Id)?.SenderFault);
      if (open.length === 0) return refused;
      if (attempt === ATTEMPTS) {
        const code = failures.get(open[0]?.Id)?.Code ?? 'unknown';
        throw new PatrolAwsError(`${queueUrl} does not accept messages (${code})`);
      }
      await delay(FIRST_DELAY_MS * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

function toEntry(user: ObservedUser, round: string): Entry {
  return {
    Id: '',
    MessageBody: encodeMessage(user),
    MessageGroupId: user.sub,
    MessageDeduplicationId: deduplicationId(user, round),
    MessageAttributes: { [PATROL_ATTRIBUTE]: { DataType: 'String', StringValue: round } },
  };
}

function toBatches(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    // The body is ASCII.
    const size = entry.MessageBody.length;
    const batch = batches.at(-1);
    if (batch && batch.length < BATCH.messages && bytes + size <= BATCH.bytes) {
      batch.push(entry);
      bytes += size;
    } else {
      batches.push([entry]);
      bytes = size;
    }
  }
  return batches;
}
