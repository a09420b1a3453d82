import { OperatorError } from '../operator-error.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { SourceProblem } from '../user/user-record.ts';

export type SourcePage = {
  users: ObservedUser[];
  /** Records that could not be read: where (file and record number, or page and record), and why. */
  problems: SourceProblem[];
  /** Where to go on after this page; undefined when the source cannot be continued there. */
  position?: string;
};

/**
 * Looks at each record as it was read, before anything is dropped from it; a listing that begins anew shows records
 * again. Must not throw.
 */
export type WatchRecord = (record: unknown) => void;

/** All users of one pool, as a seed or a verification reads them. */
export interface UserSource {
  /** Whether it shows users as they are now, or as they were exported. */
  readonly asOf: 'now' | 'export';
  /** The time by the clock that stamps its users. */
  now(): Date;
  /** Estimated number of users, if the source knows; never fails. */
  estimate(): Promise<number | undefined>;
  /**
   * Pages from the beginning, or after a position of an earlier run. A position is only ever a
   * shortcut: where it is no longer good for anything, the source begins anew, in silence. So a user
   * may come more than once, within a run too, and the caller has to bear it; none is left out.
   *
   * @throws SourceError when the run is impossible; a wrong source shows on the first page.
   */
  pages(options?: { after?: string; signal?: AbortSignal }): AsyncIterable<SourcePage>;
  /**
   * The user as it is now; undefined when it is gone, or when its username belongs to another user
   * by now; `unknown` where the source cannot tell.
   *
   * @throws SourceError
   */
  reread(user: ObservedUser, signal?: AbortSignal): Promise<ObservedUser | undefined | 'unknown'>;
  /**
   * The profile with this sub as it is now; undefined when there is none; `unknown` where the source
   * cannot tell.
   *
   * @throws SourceError
   */
  find(sub: string, signal?: AbortSignal): Promise<ObservedUser | undefined | 'unknown'>;
}

/**
 * The source cannot be read at all, or no further. The message is one line, safe to print, and says
 * what to do.
 */
export class SourceError extends OperatorError {
  override name = 'SourceError';
}
