import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ArrivedRequest, GivenAnswer } from './exchange.ts';

export type Observer = {
  /** The whole request has arrived. */
  onRequest(request: ArrivedRequest): void;
  /** An answer has been sent to the end. */
  onAnswer(request: ArrivedRequest, answer: GivenAnswer): void;
};

const STARTED = 'http.server.request.start';

/**
 * Watches every exchange with an HTTP server of this process, whichever library made it, at Node's own diagnostics
 * channel. Nothing on the wire changes.
 *
 * @returns ends the watching.
 */
export function observeExchanges(observer: Observer): () => void {
  const onStart = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const arriving = collectRequest(request, observer);
    collectAnswer(response, (answer) => observer.onAnswer(arriving(), answer));
  };
  subscribe(STARTED, onStart);
  return () => void unsubscribe(STARTED, onStart);
}

/** Reads along with the parser, so that the server's own reading is as it would be. */
function collectRequest(request: IncomingMessage, observer: Observer): () => ArrivedRequest {
  const chunks: Buffer[] = [];
  const push = request.push.bind(request);
  const arrived = (): ArrivedRequest => ({
    method: request.method ?? '',
    target: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks),
  });
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    const wantsMore = push(chunk, encoding);
    if (chunk === null) observer.onRequest(arrived());
    return wantsMore;
  };
  return arrived;
}

function collectAnswer(response: ServerResponse, onAnswer: (answer: GivenAnswer) => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const given: Record<string, unknown> = {};
  const { writeHead, write, end } = response;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    // Node keeps headers that are only named here to itself.
    for (const [name, value] of Object.entries(Object(args.at(-1))))
      given[name.toLowerCase()] = value;
    return Reflect.apply(writeHead, this, args);
  };
  response.write = function (this: ServerResponse, ...args: unknown[]) {
    keep(args[0]);
    return Reflect.apply(write, this, args);
  };
  response.end = function (this: ServerResponse, ...args: unknown[]) {
    keep(args[0]);
    return Reflect.apply(end, this, args);
  };
  response.once('finish', () => {
    onAnswer({
      status: response.statusCode,
      headers: { ...response.getHeaders(), ...given },
      body: Buffer.concat(chunks),
    });
  });
}
