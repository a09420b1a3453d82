/**
 * What is known of one sub: when it was observed last, and what the state that was mirrored last came to.
 * No personal data: the state is a salted hash.
 *
 * - `observedAt`: of the newest observation, ISO 8601 in UTC, those that changed nothing included.
 * - `state`: absent where the state in WorkOS is not known for certain.
 * - `workosUserId`: where the sub is mirrored to, or was; `isSecondary`: as another profile's second one.
 */
export type LedgerEntry = {
  sub: string;
  observedAt: string;
  state?: LedgerState;
  workosUserId?: string;
  isSecondary: boolean;
};

/**
 * - `hash`: of the state; `rules`: of the rules and settings it was mirrored by.
 * - `reason`: of a conflict or a refusal.
 * - `settledAt`: when the outcome was known, ISO 8601 in UTC.
 */
export type LedgerState = {
  hash: string;
  rules: string;
  outcome: 'mirrored' | 'conflict' | 'rejected';
  reason?: string;
  /** The WorkOS user that is in the way, of a conflict. */
  conflictsWith?: string;
  settledAt: string;
};

/**
 * What was mirrored last for each sub. Everything in it can be lost: it saves requests, and tells which of
 * two observations is the newer one. Nothing here rejects; where the store cannot be asked, nothing is
 * known.
 */
export interface Ledger {
  /** Those of the entries that are known; a sub that was asked for and is missing has none. */
  read(subs: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Unless an observation that is newer than this one is noted already. */
  write(entry: LedgerEntry): Promise<void>;
  /** The sub was observed, and nothing has changed. */
  touch(sub: string, observedAt: string): Promise<void>;
  /**
   * The state of this sub in WorkOS is about to change.
   *
   * @param options.user whether the WorkOS user is forgotten, too.
   * @returns false where the table could not be told so.
   */
  forget(sub: string, options?: { user?: boolean }): Promise<boolean>;
}
