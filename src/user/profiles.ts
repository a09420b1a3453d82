import type { ObservedUser } from '../cognito/observed-user.ts';

/**
 * A Cognito profile as it is now, `user.observedAt` being the moment of the answer.
 *
 * `modifiedAt`: when Cognito last changed it (ISO 8601), where the answer says so.
 */
export type CurrentProfile = { user: ObservedUser; modifiedAt?: string };

/** Whom the mirror asks about profiles, before it does anything on the strength of an email. */
export interface Profiles {
  /** `export`: exported files are all there is to ask, and say nothing of now. */
  readonly asOf: 'now' | 'export';
  /**
   * @returns undefined when there is no such profile.
   * @throws RetryableError when nobody can be asked.
   */
  find(
    profile: { userPoolId: string; sub: string },
    signal?: AbortSignal,
  ): Promise<CurrentProfile | undefined>;
}
