import { expect, it } from 'vitest';
import { createTriggerHandler } from '../../src/lambda/trigger-handler.ts';

it('an error nobody foresaw still gives Cognito its event back', async () => {
  const handler = createTriggerHandler({
    service: 'pre-authentication',
    sources: ['PreAuthentication_Authentication'],
    env: { SYNC_QUEUE_URL: 'http://127.0.0.1:1/1/q.fifo' },
  });
  // Fails on any look at it but the one that a promise takes.
  const event = new Proxy(
    {},
    {
      get(_, key) {
        if (key === 'then') return undefined;
        throw new Error('nobody foresaw this');
      },
    },
  );
  expect(await call(handler, event)).toBe(event);
});

/** As Lambda calls it: with JSON, whose types nobody has checked. */
function call(handler: unknown, event: unknown): Promise<unknown> {
  if (typeof handler !== 'function') throw new TypeError('not a handler');
  return handler(event, { awsRequestId: 'request-1' });
}
