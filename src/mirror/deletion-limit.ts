/** How many WorkOS users may be deleted, for all processes together. */
export interface DeletionLimit {
  /**
   * Takes one of the deletions that are left. A sub that has taken one before (its message is delivered again)
   * keeps it and takes no second one.
   *
   * @returns false where none is left: nothing may be deleted then.
   * @throws RetryableError where that cannot be told.
   */
  reserve(sub: string): Promise<boolean>;
}

/** Without a table the deletions of several processes cannot be counted, so there are none. */
export const NO_DELETIONS: DeletionLimit = { reserve: async () => false };

/** For deletions whose number a person has confirmed. */
export const CONFIRMED_DELETIONS: DeletionLimit = { reserve: async () => true };
