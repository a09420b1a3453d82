import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { createHeap, type SimulatedTime } from './time.ts';

export type QueueSettings = {
  visibilityTimeoutSeconds: number;
  maxReceiveCount: number;
  retentionSeconds: number;
};

type QueuedMessage = {
  id: string;
  body: string;
  sentAt: number;
  receives: number;
  firstReceivedAt: number;
  /** In flight until this moment, in milliseconds. */
  hiddenUntil: number;
};

/** `entry` is the number of the group's current entry in the heap; older entries are ignored. */
type MessageGroup = { id: string; messages: QueuedMessage[]; entry: number };

/** An SQS FIFO queue in simulated time, as a consumer sees one (SQS developer guide; docs/facts.md#sqs-fifo). */
export type SimulatedQueue = {
  /** Carries out the commands that `src/consumer/retry.ts` sends. */
  sqs: Pick<SQSClient, 'send'>;
  send(group: string, body: string): void;
  /** At most ten; of a group as many as there are, and none of one that has messages in flight. */
  receive(): SQSRecord[];
  remove(record: SQSRecord): void;
  /** The moment at which something can be received, in milliseconds; infinity: not before a send. */
  nextAt(): number;
  /** Messages that are neither removed nor dead-lettered nor expired. */
  size(): number;
  deadLetters: number;
  expired: number;
  /** The most deliveries that a message has had. */
  mostReceives: number;
};

const BATCH = 10;

export function createSimulatedQueue(time: SimulatedTime, settings: QueueSettings): SimulatedQueue {
  const groups = new Map<string, MessageGroup>();
  /** Groups by the moment from which they can be received: the one that waits longest comes first. */
  const available = createHeap<{ at: number; order: number; group: MessageGroup; entry: number }>(
    (one, other) => one.at - other.at || one.order - other.order,
  );
  const byHandle = new Map<string, { group: MessageGroup; message: QueuedMessage }>();
  let sent = 0;
  let order = 0;
  let size = 0;

  function offer(group: MessageGroup): void {
    if (group.messages.length === 0) return void groups.delete(group.id);
    const at = Math.max(...group.messages.slice(0, BATCH).map(({ hiddenUntil }) => hiddenUntil));
    group.entry = order++;
    available.push({ at: Math.max(at, time.now()), order: group.entry, group, entry: group.entry });
  }

  function nextGroup(): { at: number; group: MessageGroup } | undefined {
    for (let next = available.peek(); next; next = available.peek()) {
      if (next.group.entry === next.entry && next.group.messages.length > 0) return next;
      available.pop();
    }
    return undefined;
  }

  /** Removes expired messages from the head of a group, and moves those with too many receives. */
  function sweep({ messages }: MessageGroup): void {
    for (let first = messages[0]; first; first = messages[0]) {
      const isExpired = first.sentAt + settings.retentionSeconds * 1000 <= time.now();
      if (!isExpired && first.receives < settings.maxReceiveCount) return;
      if (isExpired) queue.expired++;
      else queue.deadLetters++;
      drop(messages, first);
    }
  }

  function drop(messages: QueuedMessage[], message: QueuedMessage): void {
    const at = messages.indexOf(message);
    if (at < 0) return;
    messages.splice(at, 1);
    size--;
  }

  function take(group: MessageGroup, room: number): SQSRecord[] {
    sweep(group);
    const records = group.messages.slice(0, room).map((message) => {
      message.receives++;
      message.firstReceivedAt ||= time.now();
      message.hiddenUntil = time.now() + settings.visibilityTimeoutSeconds * 1000;
      queue.mostReceives = Math.max(queue.mostReceives, message.receives);
      byHandle.set(message.id, { group, message });
      return toRecord(group, message);
    });
    offer(group);
    return records;
  }

  async function answer(command: unknown): Promise<unknown> {
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      const touched = new Set<MessageGroup>();
      for (const { ReceiptHandle = '', VisibilityTimeout = 0 } of command.input.Entries ?? []) {
        const held = byHandle.get(ReceiptHandle);
        if (!held) continue;
        held.message.hiddenUntil = time.now() + VisibilityTimeout * 1000;
        touched.add(held.group);
      }
      for (const group of touched) offer(group);
      return {};
    }
    if (command instanceof SendMessageCommand) {
      queue.send(command.input.MessageGroupId ?? '', command.input.MessageBody ?? '');
      return {};
    }
    throw new Error('the simulated queue does not know this command');
  }

  const queue: SimulatedQueue = {
    sqs: { send: answer as SQSClient['send'] },
    send(id, body) {
      const group = groups.get(id) ?? { id, messages: [], entry: -1 };
      const isNew = group.messages.length === 0;
      groups.set(id, group);
      group.messages.push({
        id: `message-${sent++}`,
        body,
        sentAt: time.now(),
        receives: 0,
        firstReceivedAt: 0,
        hiddenUntil: 0,
      });
      size++;
      if (isNew) offer(group);
    },
    receive() {
      const records: SQSRecord[] = [];
      for (let next = nextGroup(); next && next.at <= time.now(); next = nextGroup()) {
        if (records.length >= BATCH) break;
        available.pop();
        records.push(...take(next.group, BATCH - records.length));
      }
      return records;
    },
    remove({ receiptHandle }) {
      const held = byHandle.get(receiptHandle);
      if (!held) return;
      byHandle.delete(receiptHandle);
      drop(held.group.messages, held.message);
      offer(held.group);
    },
    nextAt: () => nextGroup()?.at ?? Number.POSITIVE_INFINITY,
    size: () => size,
    deadLetters: 0,
    expired: 0,
    mostReceives: 0,
  };
  return queue;
}

function toRecord(group: MessageGroup, message: QueuedMessage): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: message.id,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAt),
      SenderId: 'simulation',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      MessageGroupId: group.id,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:simulation.fifo',
    awsRegion: 'us-east-1',
  };
}
