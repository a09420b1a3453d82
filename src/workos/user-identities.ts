import * as v from 'valibot';

/**
 * Reads the social logins that a person has used at WorkOS. They cannot be created through the API; the
 * first sign-in creates them (docs/facts.md#workos-identities).
 */
export interface IdentityReader {
  /**
   * @returns undefined when there is no such user.
   * @throws RetryableError
   */
  identities(userId: string, signal?: AbortSignal): Promise<WorkosIdentity[] | undefined>;
}

/** `type` is `OAuth`; the OpenAPI description says that others may be added. */
export type WorkosIdentity = {
  type: string;
  /** `GoogleOAuth`… */
  provider: string;
  /** The person's id at the provider. */
  idpId: string;
};

/** The fields of the SDK's answer (OpenAPI, UserlandUserIdentitiesController_get). */
export const identitiesSchema = v.array(
  v.object({
    type: v.string(),
    provider: v.fallback(v.string(), ''),
    idpId: v.fallback(v.string(), ''),
  }),
);
