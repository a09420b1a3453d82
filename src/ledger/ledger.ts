/**
 * What is known of one sub: when it was last observed, and the outcome of the state that was last mirrored.
 * It holds no personal data: the state is a salted hash.
 *
 * - `observedAt`: of the newest observation, including those that changed nothing; ISO 8601 in UTC.
 * - `state`: absent where the state in WorkOS is not known for certain.
 * - `workosUserId`: the WorkOS user that the sub is or was mirrored to; `isSecondary`: as a second profile.
 * - `passwordAt`: when the user was observed with the password that was last dealt with: carried over, or found to
 *   be of no use. ISO 8601 in UTC. `isPasswordMissing`: the user has set it, and it has not come along.
 */
export type LedgerEntry = {
  sub: string;
  observedAt: string;
  state?: LedgerState;
  workosUserId?: string;
  isSecondary: boolean;
  passwordAt?: string;
  isPasswordMissing?: boolean;
  /** Whether it was looked up in WorkOS since the profile was disabled in Cognito. */
  isBanNoted?: boolean;
};

/**
 * - `hash`: of the state; `rules`: of the rules and settings that it was mirrored with.
 * - `reason`: of a conflict or a refusal.
 * - `settledAt`: when the outcome was known, ISO 8601 in UTC.
 */
export type LedgerState = {
  hash: string;
  rules: string;
  outcome: 'mirrored' | 'conflict' | 'rejected';
  reason?: string;
  /** The WorkOS user that a conflict is about. */
  conflictsWith?: string;
  settledAt: string;
};

/**
 * What was last mirrored for each sub. All of it may be lost: it saves requests, and tells which of two
 * observations is the newer one. No method rejects; where the store cannot be asked, nothing is known.
 */
export interface Ledger {
  /** The entries of these subs; a sub that is missing in the answer has none. */
  read(subs: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Writes an entry, unless the store has an observation that is newer than this one. */
  write(entry: LedgerEntry): Promise<void>;
  /** Notes that the sub was observed and nothing had changed. */
  touch(sub: string, observedAt: string): Promise<void>;
  /** Notes which password of a sub was dealt with; `isMissing`: the next one is carried whenever it comes. */
  notePassword(sub: string, password: { at: string; isMissing: boolean }): Promise<void>;
  /**
   * Notes, whatever the store has, that the sub is gone from Cognito and which WorkOS user it had.
   *
   * @returns false where the store could not be written.
   */
  noteGone(gone: { sub: string; workosUserId: string; goneAt: string }): Promise<boolean>;
  /** Notes that a disabled profile was looked up in WorkOS, or that the profile is enabled again. */
  noteBan(sub: string, isNoted: boolean): Promise<void>;
  /**
   * Forgets the state of a sub because it is about to change in WorkOS.
   *
   * @param options.user whether the WorkOS user is forgotten, too.
   * @returns false where the store could not be written.
   */
  forget(sub: string, options?: { user?: boolean }): Promise<boolean>;
}
