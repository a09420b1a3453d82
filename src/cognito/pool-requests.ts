import pRetry, { type RetryContext } from 'p-retry';
import { classifyPoolError, type PoolFailure } from './classify-pool-error.ts';
import { SourceError } from './user-source.ts';

/** How long to try, in milliseconds. */
export type Patience = {
  /** Before the second try; doubled with each further one, and spread by up to as much again. */
  firstDelayMs: number;
  longestDelayMs: number;
  /** A throttled or failing pool is given this long. */
  troubleMs: number;
  /** Where nothing has ever answered, the address is likelier to be wrong than the network to be down. */
  firstContactMs: number;
  /** One try, the SDK's own retries included, without an answer. */
  answerMs: number;
};

/** Of `answerMs`, as long as nothing has ever answered: two tries hang before the first contact is given up. */
const FIRST_ANSWER_MS = 7_500;

const PATIENCE: Patience = {
  firstDelayMs: 250,
  longestDelayMs: 20_000,
  troubleMs: 300_000,
  firstContactMs: 15_000,
  answerMs: 10_000,
};

export type PoolAnswer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'invalid_parameter' | 'user_not_found' };

/**
 * A request to the pool that is tried again for minutes while Cognito throttles (its 429 is
 * `TooManyRequestsException`, HTTP 400), fails, or cannot be reached.
 *
 * The SDK tries three times by itself, within a second or two: right for a hiccup, and not enough for
 * a quota that the application's own calls use up, or a network that is gone for a minute. Its
 * adaptive mode would slow the sending down but ends after as many tries.
 *
 * @throws SourceError when there is no point in trying (any more); the signal's reason when aborted.
 */
export type PoolRequest = <T>(
  action: string,
  send: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
) => Promise<PoolAnswer<T>>;

/** Decides when each try may start, and is told how it went. */
export type RequestPace = {
  turn(signal?: AbortSignal): Promise<void>;
  answered(): void;
  /** Cognito has answered that it cannot now, or not so fast; `what` names the error. */
  refused(what: string): void;
};

const NO_PACE: RequestPace = { turn: async () => {}, answered() {}, refused() {} };

/**
 * @param address where the requests go, for the message.
 * @param pace default: every try starts at once.
 */
export function createPoolRequest(
  userPoolId: string,
  patience: Partial<Patience> = {},
  address: () => string | undefined = () => undefined,
  pace: RequestPace = NO_PACE,
): PoolRequest {
  const { firstDelayMs, longestDelayMs, troubleMs, firstContactMs, answerMs } = {
    ...PATIENCE,
    ...patience,
  };
  let everAnswered = false;
  const firstAnswerMs = Math.min(answerMs, FIRST_ANSWER_MS);

  return async (action, send, signal) => {
    const started = performance.now();
    const classify = (error: unknown) => classifyPoolError(error, action, userPoolId);
    const shouldRetry = ({ error, retryDelay }: RetryContext) => {
      const failure = classify(error);
      if (failure.kind !== 'transient') return false;
      if (failure.answered) pace.refused(failure.what);
      everAnswered ||= failure.answered;
      return everAnswered || performance.now() - started + retryDelay < firstContactMs;
    };
    try {
      const value = await pRetry(
        async () => {
          await pace.turn(signal);
          return withDeadline(send, everAnswered ? answerMs : firstAnswerMs, signal);
        },
        {
          retries: Number.POSITIVE_INFINITY,
          minTimeout: firstDelayMs,
          maxTimeout: longestDelayMs,
          maxRetryTime: troubleMs,
          randomize: true,
          shouldRetry,
          ...(signal && { signal }),
        },
      );
      everAnswered = true;
      pace.answered();
      return { kind: 'ok', value };
    } catch (error) {
      if (signal?.aborted) throw error;
      const answer = errorToAnswer(error, classify(error), {
        action,
        elapsedMs: performance.now() - started,
        address: address(),
      });
      everAnswered = true;
      return answer;
    }
  };
}

/** @throws SourceError, or the error itself where it is not one of the API. */
function errorToAnswer(
  cause: unknown,
  failure: PoolFailure,
  request: { action: string; elapsedMs: number; address: string | undefined },
): { kind: 'invalid_parameter' | 'user_not_found' } {
  switch (failure.kind) {
    case 'invalid_parameter':
    case 'user_not_found':
      return { kind: failure.kind };
    case 'transient':
      throw new SourceError(gaveUp(failure, request), { cause });
    case 'fatal':
      throw new SourceError(failure.problem, { cause });
    case 'unknown':
      throw cause;
  }
}

function gaveUp(
  failure: { what: string; answered: boolean },
  {
    action,
    elapsedMs,
    address,
  }: { action: string; elapsedMs: number; address: string | undefined },
): string {
  const tried = `for ${Math.ceil(elapsedMs / 1000)} s (${failure.what})`;
  const where = address === undefined ? '' : ` at ${address}`;
  return failure.answered
    ? `Cognito has not answered ${action} ${tried}: run the same command again later`
    : `Cognito cannot be reached${where} ${tried}: check the network, a proxy in between, the region and AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`;
}

/** The listener goes with the request: a long run makes many of them on one signal. */
async function withDeadline<T>(
  send: (signal: AbortSignal) => Promise<T>,
  ms: number,
  signal?: AbortSignal,
): Promise<T> {
  const request = new AbortController();
  const abort = () => request.abort();
  const timer = setTimeout(abort, ms);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await send(request.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
