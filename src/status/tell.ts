import { type AwsFailure, classifyAwsError } from '../aws/classify-aws-error.ts';
import { OperatorError } from '../operator-error.ts';
import type { Told } from './facts.ts';

/** Milliseconds that one question to one service may take, the SDK's tries included. */
export const DEADLINE_MS = 5_000;

/** Asks one question; never rejects, and never takes longer than the deadline, whatever hangs. */
export type Tell = <T>(
  /** As IAM names it: what to allow, should it be that. */
  action: string,
  ask: (signal: AbortSignal) => Promise<T>,
) => Promise<Told<T>>;

/**
 * @param now AWS's time.
 * @param deadlineMs default {@link DEADLINE_MS}.
 */
export function createTell(now: () => Date, deadlineMs = DEADLINE_MS): Tell {
  return async (action, ask) => {
    const late = Promise.withResolvers<Told<never>>();
    const why = `no answer to ${action} within ${deadlineMs / 1000} s`;
    const timer = setTimeout(() => late.resolve({ known: false, why }), deadlineMs);
    try {
      const answer = ask(AbortSignal.timeout(deadlineMs)).then(
        (value) => ({ known: true as const, value, at: now().toISOString() }),
        (error: unknown) => ({ known: false as const, why: toWhy(error, action) }),
      );
      return await Promise.race([answer, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function toWhy(error: unknown, action: string): string {
  if (error instanceof OperatorError) return error.message;
  const failure = classifyAwsError(error);
  return failureToWhy(failure, action, error);
}

function failureToWhy(failure: AwsFailure, action: string, error: unknown): string {
  switch (failure.kind) {
    case 'denied':
      return `not allowed: allow ${action}`;
    case 'setup':
      return failure.problem;
    case 'transient':
      return failure.what === 'no answer in time'
        ? `no answer to ${action} in time`
        : `no usable answer to ${action} (${failure.what})`;
    case 'unsupported':
      return `what answers here does not know ${action}`;
    case 'unknown':
      return `no usable answer to ${action} (${error instanceof Error ? error.name : 'no error'})`;
    default:
      return `${action} is refused (${failure.name})`;
  }
}
