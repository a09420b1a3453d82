import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageMessage } from './history.ts';

/**
 * A tab that reads no more is cut off at this many bytes beyond what it got at first; it connects again and gets the
 * whole state, however large that is.
 */
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
  /** With what each may have waiting. */
  const open = new Map<ServerResponse, number>();
  const write = (text: string) => {
    for (const [response, most] of open) {
      response.write(text);
      if (response.writableLength > most) response.destroy();
    }
  };
  const heartbeat = setInterval(() => {
    write(': still here\n\n');
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
      open.set(response, response.writableLength + MAXIMUM_BUFFERED);
      request.once('close', () => open.delete(response));
    },
    send(message) {
      write(toText(message));
    },
    close() {
      clearInterval(heartbeat);
      for (const response of open.keys()) response.end();
      open.clear();
    },
  };
}

/** WHATWG HTML, "Server-sent events"; JSON has no line breaks of its own. */
function toText({ id, event, data }: PageMessage): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
