import type { ObservedUser } from './observed-user.ts';

/** Where the mirror reads Cognito's profiles before it writes anything that rests on an email. */
export interface Profiles {
  /** `export`: the profiles come from exported files, which may be out of date. */
  readonly asOf: 'now' | 'export';
  /**
   * @returns the profile as it is now, with the time of the answer as `observedAt`; undefined when it does
   *   not exist.
   * @throws RetryableError when Cognito cannot be asked.
   */
  find(
    profile: { userPoolId: string; sub: string },
    signal?: AbortSignal,
  ): Promise<ObservedUser | undefined>;
}
