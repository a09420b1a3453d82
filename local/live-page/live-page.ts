import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { EventStream } from '../events/event-stream.ts';
import { readAssets } from './assets.ts';
import { createHistory } from './history.ts';
import { refuse } from './refuse.ts';
import { createTabs } from './tabs.ts';
import type { Visitors } from './visitors.ts';

export type LivePage = {
  /** `http://127.0.0.1:port/`. */
  url: string;
  /** From now on the page's forms do something. */
  admit(visitors: Visitors): void;
  /** Ends the open connections, too: no tab can hold up the end of the process. */
  close(): Promise<void>;
};

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
/** Long enough for a form, short enough for anything else. */
const BODY_LIMIT = 10_000;

/**
 * Serves one page on 127.0.0.1 that shows what happens in the local run, with server-sent events.
 *
 * @param port default: a free one. Rejects with the error of the socket where it is taken.
 */
export async function startLivePage(
  stream: EventStream,
  { port = 0 }: { port?: number | undefined } = {},
): Promise<LivePage> {
  const assets = await readAssets();
  const history = createHistory(randomUUID());
  const tabs = createTabs(HEADERS);
  const unsubscribe = stream.subscribe((told) => {
    const message = history.add(told);
    if (message) tabs.send(message);
  });
  let visitors: Visitors | undefined;

  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: false,
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    const { port: own } = app.server.address() as AddressInfo;
    const reason = refuse(request, own);
    if (reason) return reply.code(403).type('text/plain').send(reason);
  });
  for (const [path, { type, body }] of assets) {
    app.get(path, (_request, reply) => reply.type(type).send(body));
  }
  app.get<{ Querystring: { after?: string } }>('/events', (request, reply) => {
    const seen = request.headers['last-event-id'] ?? request.query.after;
    reply.hijack();
    tabs.connect(request.raw, reply.raw, history.since(seen === undefined ? seen : String(seen)));
  });
  app.post('/act', async (request, reply) => {
    if (!visitors) {
      const message = 'The forms open when the story is over.';
      return reply.code(503).send({ error: 'NotYet', message });
    }
    const answer = await visitors.act(request.body);
    return reply.code('error' in answer ? 422 : 200).send(answer);
  });
  await app.listen({ host: '127.0.0.1', port });

  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`,
    admit(next) {
      visitors = next;
    },
    async close() {
      unsubscribe();
      tabs.close();
      await app.close();
    },
  };
}
