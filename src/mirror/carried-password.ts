import type { PasswordHash } from '../workos/users.ts';

/**
 * What came with an observation about the user's password: a sealed one, or that the user has set a new one
 * (docs/design.md#passwords). One object serves one observation.
 */
export interface CarriedPassword {
  /** The user has just set the password, so that the one that WorkOS may have is no longer the user's. */
  readonly isReset: boolean;
  /** When the user was observed with this password, ISO 8601 in UTC. */
  readonly observedAt: string;
  /** Whether a sealed password came with the observation. */
  readonly isSealed: boolean;
  /**
   * Opens and hashes the password when it is asked for the first time. Never rejects.
   *
   * @returns undefined where there is none, or where it cannot be used.
   */
  hash(): Promise<PasswordHash | undefined>;
  /** Whether it could not be opened because the key could not be used: a retry may help. */
  isPending(): boolean;
  /** WorkOS refuses the hash with this code: from now on there is none. */
  refuse(code: string): void;
}
