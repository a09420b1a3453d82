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

type Message = {
  id: string;
  body: string;
  sentAt: number;
  receives: number;
  firstReceivedAt: number;
  /** It is in flight until then. */
  hiddenUntil: number;
};

/** `turn` tells a group's entry in the heap that still holds from those that do not. */
type Group = { id: string; messages: Message[]; turn: number };

/** An SQS FIFO queue in simulated time, as far as a consumer sees one (SQS developer guide). */
export type SimulatedQueue = {
  /** What `src/consumer/retry.ts` asks SQS for. */
  sqs: Pick<SQSClient, 'send'>;
  send(group: string, body: string): void;
  /** At most ten; of a group as many as there are, and none of one that has messages in flight. */
  receive(): SQSRecord[];
  remove(record: SQSRecord): void;
  /** The moment at which something can be received, in milliseconds; infinity: not before a send. */
  nextAt(): number;
  /** Messages that are neither removed nor dead nor expired. */
  size(): number;
  deadLetters: number;
  expired: number;
  /** The most deliveries that a message has had. */
  mostReceives: number;
};

const BATCH = 10;

export function createSimulatedQueue(time: SimulatedTime, settings: QueueSettings): SimulatedQueue {
  const groups = new Map<string, Group>();
  /** Groups by the moment from which they can be received: the one that waits longest comes first. */
  const available = createHeap<{ at: number; order: number; group: Group; turn: number }>(
    (one, other) => one.at - other.at || one.order - other.order,
  );
  const byHandle = new Map<string, { group: Group; message: Message }>();
  let sent = 0;
  let order = 0;
  let size = 0;

  function offer(group: Group): void {
    if (group.messages.length === 0) return void groups.delete(group.id);
    const at = Math.max(...group.messages.slice(0, BATCH).map(({ hiddenUntil }) => hiddenUntil));
    group.turn = order++;
    available.push({ at: Math.max(at, time.now()), order: group.turn, group, turn: group.turn });
  }

  function nextGroup(): { at: number; group: Group } | undefined {
    for (let next = available.peek(); next; next = available.peek()) {
      if (next.group.turn === next.turn && next.group.messages.length > 0) return next;
      available.pop();
    }
    return undefined;
  }

  /** What SQS takes off the queue by itself, at the head of a group. */
  function sweep({ messages }: Group): void {
    for (let first = messages[0]; first; first = messages[0]) {
      const isExpired = first.sentAt + settings.retentionSeconds * 1000 <= time.now();
      if (!isExpired && first.receives < settings.maxReceiveCount) return;
      if (isExpired) queue.expired++;
      else queue.deadLetters++;
      drop(messages, first);
    }
  }

  function drop(messages: Message[], message: Message): void {
    const at = messages.indexOf(message);
    if (at < 0) return;
    messages.splice(at, 1);
    size--;
  }

  function take(group: Group, room: number): SQSRecord[] {
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
      const touched = new Set<Group>();
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
      const group = groups.get(id) ?? { id, messages: [], turn: -1 };
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

function toRecord(group: Group, message: Message): SQSRecord {
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
