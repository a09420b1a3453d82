import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageMessage } from './history.ts';

/** A tab that reads no more is cut off at this many bytes; it connects again and gets the whole state. */
const MAXIMUM_BUFFERED = 4_000_000;
const MAXIMUM_TABS = 32;
/** A connection that died in silence is noticed at the next one of these. */
const HEARTBEAT_MS = 15_000;

/** The open connections for server-sent events. */
export type Tabs = {
  /** Answers 503 when there are too many. */
  connect(request: IncomingMessage, response: ServerResponse, missed: PageMessage[]): void;
  send(message: PageMessage): void;
  /** Ends every connection. */
  close(): void;
};

export function createTabs(headers: Record<string, string>): Tabs {
  const open = new Set<ServerResponse>();
  const write = (response: ServerResponse, text: string) => {
    response.write(text);
    if (response.writableLength > MAXIMUM_BUFFERED) response.destroy();
  };
  const heartbeat = setInterval(() => {
    for (const response of open) write(response, ': still here\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    connect(request, response, missed) {
      if (open.size >= MAXIMUM_TABS) {
        response.writeHead(503, headers).end();
        return;
      }
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
      response.write('retry: 1000\n\n');
      for (const message of missed) response.write(toText(message));
      open.add(response);
      request.once('close', () => open.delete(response));
    },
    send(message) {
      const text = toText(message);
      for (const response of open) write(response, text);
    },
    close() {
      clearInterval(heartbeat);
      for (const response of open) response.end();
      open.clear();
    },
  };
}

/** WHATWG HTML, "Server-sent events"; JSON has no line breaks of its own. */
function toText({ id, event, data }: PageMessage): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
