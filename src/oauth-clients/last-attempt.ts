import { RetryableError } from '../workos/users.ts';

/** Attempts at one person, by whether the answer was an error or something that nobody can read. */
const ATTEMPTS = { error: 8, unusable: 3 };

/**
 * The pace waits for ten minutes where nothing succeeds, which is right for an outage, and not for one
 * last person whom WorkOS cannot answer for.
 */
export function withLastAttempt<T>(read: () => Promise<T>): () => Promise<T | 'no_answer'> {
  let attempts = 0;
  return async () => {
    try {
      return await read();
    } catch (error) {
      const status = error instanceof RetryableError ? error.status : undefined;
      // Of these the pace knows better: too many requests, a refused key, no answer at all.
      if (status === undefined || [401, 403, 429].includes(status)) throw error;
      const most = status < 400 ? ATTEMPTS.unusable : ATTEMPTS.error;
      if (++attempts >= most) return 'no_answer';
      throw error;
    }
  };
}
