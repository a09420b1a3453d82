import type { ArrivedRequest, GivenAnswer } from './exchange.ts';
import { observeExchanges } from './observe-exchanges.ts';

export type Captured = { request: ArrivedRequest; answer: GivenAnswer };

/** What goes over the wire while `send` runs: the last exchange. */
export async function capture(send: () => Promise<unknown>): Promise<Captured> {
  const exchanges: Captured[] = [];
  const stop = observeExchanges({
    onRequest: () => {},
    onAnswer: (request, answer) => exchanges.push({ request, answer }),
  });
  try {
    await send();
  } finally {
    stop();
  }
  const last = exchanges.at(-1);
  if (!last) throw new Error('nothing was sent to a server of this process');
  return last;
}

/** With a body that `change` has changed: an object in place, or a text that is returned. */
export function withBody<T extends { body: Buffer }>(
  message: T,
  change: (body: Record<string, unknown>) => unknown,
): T {
  const body: Record<string, unknown> = JSON.parse(message.body.toString());
  change(body);
  return { ...message, body: Buffer.from(JSON.stringify(body)) };
}

/** With another text in the body. */
export function withText<T extends { body: Buffer }>(
  message: T,
  change: (text: string) => string,
): T {
  return { ...message, body: Buffer.from(change(message.body.toString())) };
}
