import { isDeepStrictEqual } from 'node:util';
import type { ObservedUser } from '../user/observed-user.ts';
import type { UserSource } from './user-source.ts';

/** After so many it is not a passing failure: a permission is missing. */
const MAXIMUM_FAILURES = 3;

/** The user as Cognito has it now, undefined when it is gone; as it was given where that cannot be told. */
export type Reread = (user: ObservedUser) => Promise<ObservedUser | undefined>;

/**
 * Reads single users again, until that has failed three times: from then on users are taken as they were
 * given, and the operator is told so once.
 *
 * @param dependencies.abort an error after it has fired is thrown on.
 * @param dependencies.onFailure told why, in one line that says what to do.
 */
export function createReread(dependencies: {
  source: Pick<UserSource, 'reread'>;
  abort: AbortSignal;
  onFailure?: (why: string) => void;
}): Reread {
  const { source, abort, onFailure } = dependencies;
  let failures = 0;
  return async (user) => {
    if (failures >= MAXIMUM_FAILURES) return user;
    try {
      const now = await source.reread(user, abort);
      return now === 'unknown' ? user : now;
    } catch (error) {
      if (abort.aborted) throw error;
      if (++failures === MAXIMUM_FAILURES) onFailure?.(message(error));
      return user;
    }
  };
}

/** Whether two observations of a user show the same. */
export function isSameState(one: ObservedUser, other: ObservedUser): boolean {
  return isDeepStrictEqual(toState(one), toState(other));
}

function toState({ observedAt: _, modifiedAt: __, ...state }: ObservedUser) {
  return state;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
