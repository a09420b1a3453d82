import { INJECTED_ANSWER } from '../injected-answer.ts';
import { refusal } from './answers.ts';
import type { Answer } from './api-types.ts';
import type { OpenApiValidators } from './openapi.ts';
import { createRateLimiter, type RateLimits } from './rate-limits.ts';
import type { ArrivingRequest } from './requests.ts';
import { AUTHENTICATE, PASSWORD_RESET } from './routes.ts';

export interface GateSettings {
  /** Whether the environment has this key now. */
  isKey: (secret: string) => boolean;
  allowDeletes: boolean;
  limits: RateLimits;
  clock: () => number;
  validators: OpenApiValidators;
}

/** What stands before every operation: no deletes, the key, the rate limits. */
export function createGate({ isKey, allowDeletes, limits, clock, validators }: GateSettings) {
  const limiter = createRateLimiter(limits);

  return function refuse(
    { method, path, body }: ArrivingRequest,
    authorization: string | undefined,
  ): Answer | undefined {
    // WorkOS does delete users; nothing in this project may.
    if (method === 'DELETE' && !allowDeletes) {
      const headers = { [INJECTED_ANSWER]: 'no deletes' };
      return { ...refusal(405, 'method_not_allowed', 'Nothing is ever deleted.'), headers };
    }
    // OpenAPI, authenticate: the key is in the body, as the client's secret.
    if (path !== AUTHENTICATE && !isKey(bearerIn(authorization))) {
      return { status: 401, body: { message: 'Unauthorized' } };
    }
    const waitMs = limiter.admit(clock(), {
      write: method !== 'GET',
      resetEmail:
        path === PASSWORD_RESET && validators.passwordReset(body) ? body.email : undefined,
      authenticationEmail:
        path === AUTHENTICATE && validators.passwordSignIn(body) ? body.email : undefined,
    });
    return waitMs > 0 ? tooManyRequests(waitMs) : undefined;
  };
}

function bearerIn(authorization = ''): string {
  return authorization.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : '';
}

/** https://workos.com/docs/reference/rate-limits: 429 with Retry-After, in whole seconds. */
function tooManyRequests(waitMs: number): Answer {
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1_000)) };
  return { ...refusal(429, 'rate_limit', 'Too Many Requests'), headers };
}
