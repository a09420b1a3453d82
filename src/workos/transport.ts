import { AsyncLocalStorage } from 'node:async_hooks';
import * as v from 'valibot';
import type { LastAnswer } from './classify-error.ts';

/** Called for every request that is sent, and for every answer with status 429. */
export interface RequestCounter {
  sent(kind: 'read' | 'write'): void;
  rateLimited(): void;
  /** Called with the `Date` header of every answer. */
  answered?(date: string | null): void;
}

/** What an SDK client sends its requests through. */
export type Transport = {
  /** To be passed to the SDK. */
  fetch: typeof fetch;
  /** Runs one SDK call. Its requests are aborted when `signal` aborts, and its last answer is reported. */
  run<T>(
    signal: AbortSignal | undefined,
    send: () => Promise<T>,
  ): Promise<{ result: PromiseSettledResult<T>; answer: LastAnswer }>;
};

type SdkCall = { signal: AbortSignal | undefined; answer: LastAnswer };

/**
 * The fetch function of an SDK client. The SDK has one for all calls, takes no signal, and keeps
 * `Retry-After` only for some statuses; an asynchronous context for each call carries both.
 */
export function createTransport(counter: RequestCounter): Transport {
  const calls = new AsyncLocalStorage<SdkCall>();
  return {
    async fetch(input, init) {
      const call = calls.getStore();
      counter.sent(init?.method === undefined || init.method === 'GET' ? 'read' : 'write');
      const signals = [init?.signal, call?.signal].filter((signal) => signal != null);
      // A redirect is not WorkOS's answer, and the API key must not be sent to another address.
      const response = await fetch(input, {
        ...init,
        signal: AbortSignal.any(signals),
        redirect: 'error',
      }).catch((error: unknown) => {
        if (call) call.answer = { failure: toFailure(error) };
        throw error;
      });
      counter.answered?.(response.headers.get('date'));
      if (response.status === 429) counter.rateLimited();
      if (call) call.answer = toLastAnswer(response);
      return response;
    },
    async run(signal, send) {
      const call: SdkCall = { signal, answer: {} };
      const [result] = await Promise.allSettled([calls.run(call, send)]);
      return { result, answer: call.answer };
    },
  };
}

/** Codes such as `ECONNREFUSED` or `ERR_SSL_WRONG_VERSION_NUMBER`, which `fetch` has in its error's cause. */
const codedSchema = v.object({ code: v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]+$/)) });

/** Why there was no answer, for one line; nothing of the request. */
function toFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const coded = v.safeParse(codedSchema, error);
  if (coded.success) return coded.output.code;
  if (error.cause instanceof Error) return toFailure(error.cause);
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'no answer in time';
  if (error.message === 'unexpected redirect') return 'a redirect';
  // A proxy's 407, of which fetch says nothing.
  return error.name === 'Error' ? 'no usable answer' : error.name;
}

function toLastAnswer(response: Response): LastAnswer {
  return {
    status: response.status,
    json: response.headers.get('content-type')?.includes('json') ?? false,
    retryAfter: response.headers.get('retry-after'),
    requestId: response.headers.get('x-request-id'),
  };
}
