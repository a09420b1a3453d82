import { WorkOS } from '@workos-inc/node';
import type { WorkosConfig } from '../config/workos.ts';
import type { WorkosAnswer } from './answer.ts';
import type { ApiKeySource } from './api-key.ts';
import { classifyError, parseRetryAfter } from './classify-error.ts';
import type { ShareLimiter } from './share-limiter.ts';
import { createTransport, type RequestCounter, type Transport } from './transport.ts';
import { RetryableError } from './users.ts';

/** WorkOS answers in tens of milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Of one request that is answered 429; after that its message is retried. */
const MAXIMUM_ATTEMPTS = 4;
/** The longest `Retry-After` that is waited for within an invocation. */
const MAXIMUM_WAIT_MS = 5_000;

/** In the form of WorkOS's ids, but no user has it: a write to it changes nothing. */
const UNUSED_ID = 'user_00000000000000000000000000';

/**
 * Sends one request through the SDK.
 *
 * @throws RetryableError for whatever may succeed later: 429, 5xx, a timeout, a connection error, a key
 *   that WorkOS refuses (it is read anew for the next request), or `signal` aborting first.
 */
type SendRequest = <T>(
  kind: 'read' | 'write',
  signal: AbortSignal | undefined,
  call: (users: WorkOS['userManagement'], sdk: WorkOS) => Promise<T>,
) => Promise<WorkosAnswer<T>>;

export type SendRequestDependencies = {
  config: WorkosConfig;
  apiKey: ApiKeySource;
  counter: RequestCounter;
  limiter?: ShareLimiter;
};

/**
 * Connects the SDK, with its own retries switched off: they sleep for up to a minute
 * (docs/facts.md#workos-sdk) in a Lambda that has other users to serve, while waiting in the queue costs
 * nothing. Each request has ten seconds, or less where the caller's signal says so.
 *
 * @param dependencies.limiter where given, requests start when it allows, and one that is answered 429 is
 *   sent again when WorkOS's `Retry-After` is over, if that is at most five seconds, up to four times in all.
 */
export function createSendRequest(dependencies: SendRequestDependencies): SendRequest {
  const { config, apiKey, counter, limiter } = dependencies;
  const transport = createTransport(counter);
  const { hostname, port, https } = config;
  const address = `${https ? 'https' : 'http'}://${hostname}:${port}`;
  let client: { key: string; sdk: WorkOS } | undefined;

  return async (kind, signal, call) => {
    const sdk = await connect();
    const { result, answer } = await sendLimited(kind, signal, () => call(sdk.userManagement, sdk));
    if (result.status === 'rejected' && signal?.aborted && answer.status === undefined) {
      throw new RetryableError('WorkOS did not answer before the time was up', {
        cause: result.reason,
      });
    }
    if (result.status === 'fulfilled') return { kind: 'ok', value: result.value };
    const isAboutUser = answer.status === 403 && !(await isKeyRefused(kind, signal));
    if (answer.status === 401 || (answer.status === 403 && !isAboutUser)) apiKey.renew();
    const classified = classifyError(result.reason, answer, { isAboutUser, address });
    if (classified.kind === 'retryable') throw classified.error;
    return classified;
  };

  async function connect(): Promise<WorkOS> {
    const key = await apiKey.get();
    if (client?.key !== key) client = { key, sdk: createClient(config, key, transport.fetch) };
    return client.sdk;
  }

  /**
   * A 403 is about the key if a request about no user is answered 403 too. The request is of the same kind,
   * because a key may be allowed to read only. Without a clear answer the key is assumed to be refused.
   */
  async function isKeyRefused(
    kind: 'read' | 'write',
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { userManagement } = await connect();
    const { result, answer } = await sendLimited<unknown>(kind, signal, () =>
      kind === 'read'
        ? userManagement.listUsers({ limit: 1 })
        : userManagement.updateUser({ userId: UNUSED_ID }),
    );
    const isAnswered = [400, 404, 422].includes(answer.status ?? 0) && answer.json;
    return result.status === 'rejected' && !isAnswered;
  }

  async function sendLimited<T>(
    kind: 'read' | 'write',
    signal: AbortSignal | undefined,
    send: () => Promise<T>,
  ) {
    for (let attempt = 1; ; attempt++) {
      await limiter?.acquire(kind, signal).catch(() => {});
      if (signal?.aborted) throw new RetryableError('no time left to ask WorkOS');
      const sent = await transport.run(signal, send);
      const waitMs = 1000 * (parseRetryAfter(sent.answer.retryAfter) ?? 1);
      const isRepeated =
        sent.answer.status === 429 && attempt < MAXIMUM_ATTEMPTS && waitMs <= MAXIMUM_WAIT_MS;
      if (!limiter || !isRepeated) return sent;
      await limiter.pause(waitMs, signal);
    }
  }
}

function createClient(config: WorkosConfig, apiKey: string, fetchFn: Transport['fetch']): WorkOS {
  const { hostname: apiHostname, port, https } = config;
  const options = { apiKey, apiHostname, port, https, fetchFn };
  return new WorkOS({ ...options, timeout: REQUEST_TIMEOUT_MS, maxRetries: 0 });
}
