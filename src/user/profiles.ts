import type { ObservedUser } from './observed-user.ts';

/** Whom the mirror asks about profiles, before it does anything on the strength of an email. */
export interface Profiles {
  /** `export`: exported files are all there is to ask, and say nothing of now. */
  readonly asOf: 'now' | 'export';
  /**
   * @returns the profile as it is now, `observedAt` being the moment of the answer; undefined when there is no such profile.
   * @throws RetryableError when nobody can be asked.
   */
  find(
    profile: { userPoolId: string; sub: string },
    signal?: AbortSignal,
  ): Promise<ObservedUser | undefined>;
}
