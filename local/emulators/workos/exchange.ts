import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { INJECTED_ANSWER } from '../injected-answer.ts';
import type { Answer } from './api-types.ts';
import type { StrictWorkosControl } from './control-types.ts';
import type { AnsweredRequest, ArrivingRequest, Fault } from './requests.ts';

export interface ExchangeSettings {
  control: StrictWorkosControl;
  clock: () => number;
  latencyMs: number | ((request: ArrivingRequest) => number);
  /** What stands before every operation: the key, the rate limits. */
  refuse(arriving: ArrivingRequest, authorization: string | undefined): Answer | undefined;
  onAnswer?: ((answered: AnsweredRequest) => void) | undefined;
}

/** One request's way through: recorded, lost or refused or carried out, answered or not. */
export function createExchange(settings: ExchangeSettings) {
  const { control, clock, latencyMs, refuse, onAnswer } = settings;
  let sent = 0;

  return function serve(
    request: FastifyRequest<object>,
    reply: FastifyReply,
    operation: (body: unknown) => Answer,
  ): void {
    const { method, url: path } = request;
    const body = parseJson(request.body);
    const record = { method, path, status: 0, body, at: clock() };
    const arriving = { method, path, body, index: control.requests.push(record) - 1 };
    const fault = control.onRequest?.(arriving) ?? control.faults.shift();
    const neverArrives = fault !== undefined && !fault.afterApplying;
    const refusal = neverArrives ? undefined : refuse(arriving, request.headers.authorization);

    function settle(): void {
      const answer = neverArrives ? undefined : (refusal ?? operation(body));
      if (answer?.status === 422 || (answer?.status === 404 && request.is404)) {
        control.schemaViolations.push({ method, path, body, errors: answer.body });
      }
      const actual = fault ? faultToAnswer(fault) : answer;
      if (actual) send(actual);
      else reply.hijack();
      if (fault?.kind === 'reset') request.socket.resetAndDestroy();
    }

    function send({ status, body: payload, headers = {} }: Answer): void {
      record.status = status;
      sent += 1;
      // An answer without content has no type either: WorkOS's SDK would read it as broken JSON.
      if (payload !== undefined) reply.header('content-type', 'application/json; charset=utf-8');
      reply
        .code(status)
        .header('x-request-id', `req_01${String(sent).padStart(24, '0')}`)
        .headers(headers)
        .send(typeof payload === 'string' ? payload : JSON.stringify(payload));
      onAnswer?.({ method, path, status, body: structuredClone(payload) });
    }

    const delayMs = typeof latencyMs === 'function' ? latencyMs(arriving) : latencyMs;
    if (delayMs > 0) setTimeout(settle, delayMs).unref();
    else settle();
  };
}

const MARK = { [INJECTED_ANSWER]: 'fault' };

/** Nothing for a fault that leaves the client without an answer. */
function faultToAnswer(fault: Fault): Answer | undefined {
  switch (fault.kind) {
    case 'status': {
      const { status, headers = {}, body = { message: STATUS_CODES[status] ?? 'Fault' } } = fault;
      return { status, body, headers: { ...headers, ...MARK } };
    }
    case 'garbage':
      return { status: 200, body: '{"object":"user","id":', headers: MARK };
    case 'html':
      return {
        status: fault.status,
        body: `<html><body><h1>${fault.status}</h1></body></html>`,
        headers: { 'content-type': 'text/html', ...MARK },
      };
    case 'reset':
    case 'hang':
      return undefined;
  }
}

/** What is not JSON stays a string, which no request schema allows. */
function parseJson(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
