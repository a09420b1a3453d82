import { setTimeout as sleep } from 'node:timers/promises';
import { RetryableError } from '../workos/users.ts';

/** What was waited for, and for how many seconds; or that it did not come, and why it could not be looked for. */
export type Waited<T> =
  | { kind: 'came'; value: T; seconds: number }
  | { kind: 'late'; seconds: number; trouble?: string };

/**
 * Looks again and again until something is there.
 *
 * @param look undefined: not yet. A RetryableError counts as not yet.
 * @throws the reason of `signal` when it fires.
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined>,
  options: { deadlineMs: number; pollMs: number; signal: AbortSignal },
): Promise<Waited<T>> {
  const { deadlineMs, pollMs, signal } = options;
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 10) / 100;
  let trouble: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    try {
      const value = await look();
      trouble = undefined;
      if (value !== undefined) return { kind: 'came', value, seconds: seconds() };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RetryableError)) throw error;
      trouble = error.message;
    }
    if (performance.now() - started + pollMs > deadlineMs) {
      return { kind: 'late', seconds: seconds(), ...(trouble !== undefined && { trouble }) };
    }
    await pause(pollMs, signal);
  }
}

/** @throws the reason of `signal` when it fires. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
}
