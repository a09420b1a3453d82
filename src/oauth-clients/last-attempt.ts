import { RetryableError } from '../workos/users.ts';

/** Attempts for one user, by whether the answer was an error or could not be read. */
const ATTEMPTS = { error: 8, unusable: 3 };

/**
 * The scheduler retries for ten minutes where nothing succeeds, which is right for an outage, and not for one
 * last user about whom WorkOS cannot answer.
 */
export function withLastAttempt<T>(read: () => Promise<T>): () => Promise<T | 'no_answer'> {
  let attempts = 0;
  return async () => {
    try {
      return await read();
    } catch (error) {
      const status = error instanceof RetryableError ? error.status : undefined;
      // These the scheduler handles: too many requests, a refused key, no answer at all.
      if (status === undefined || [401, 403, 429].includes(status)) throw error;
      const most = status < 400 ? ATTEMPTS.unusable : ATTEMPTS.error;
      if (++attempts >= most) return 'no_answer';
      throw error;
    }
  };
}
