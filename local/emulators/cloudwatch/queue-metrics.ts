import * as v from 'valibot';
import { queueUrlToName } from '../../../src/aws/queue-name.ts';
import type { MetricName, MetricPoint } from './types.ts';

const messageSchema = v.object({ sentTimestamp: v.number() });
const queueSchema = v.object({
  messages: v.object({
    ready: v.array(messageSchema),
    delayed: v.array(messageSchema),
    inflight: v.array(v.object({ message: messageSchema })),
  }),
});

/**
 * Two of SQS's metrics (developer guide, available CloudWatch metrics), as the emulated queue is at this moment.
 *
 * @param endpoint of the emulator, which shows its messages without receiving them.
 */
export async function readQueueMetric(
  endpoint: string,
  { name, value: queue }: MetricName,
): Promise<MetricPoint[]> {
  const answer = await fetch(`${endpoint}/_fauxqs/queues/${queueUrlToName(queue)}`);
  if (!answer.ok) return [];
  const { messages } = v.parse(queueSchema, await answer.json());
  const now = Date.now();
  // A point has the time at which its minute begins.
  const at = now - (now % 60_000);
  switch (name) {
    case 'ApproximateNumberOfMessagesVisible':
      return [{ at, value: messages.ready.length }];
    case 'ApproximateAgeOfOldestMessage': {
      const inFlight = messages.inflight.map(({ message }) => message);
      const all = [...messages.ready, ...messages.delayed, ...inFlight];
      if (all.length === 0) return [];
      const oldest = Math.min(...all.map(({ sentTimestamp }) => sentTimestamp));
      return [{ at, value: Math.max(0, Math.round((now - oldest) / 1000)) }];
    }
    default:
      return [];
  }
}
