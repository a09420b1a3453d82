import * as v from 'valibot';

/** An event and the SQS message that brought it. */
export type DeliveredEvent = { messageId: string; event: unknown };

/** What invoked the function: its queue, or EventBridge or an operator with a single event. */
export type Invocation =
  | { kind: 'batch'; deliveries: DeliveredEvent[] }
  | { kind: 'single'; event: unknown };

const batchSchema = v.object({
  Records: v.array(v.object({ messageId: v.string(), body: v.string() })),
});

/** The event of an invocation → the events of EventBridge in it. A body that is not JSON counts as malformed. */
export function toInvocation(event: unknown): Invocation {
  const batch = v.safeParse(batchSchema, event);
  if (!batch.success) return { kind: 'single', event };
  const deliveries = batch.output.Records.map(({ messageId, body }) => ({
    messageId,
    event: parseJson(body),
  }));
  return { kind: 'batch', deliveries };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
