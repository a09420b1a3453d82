import * as v from 'valibot';

/**
 * The social logins that a person has used at WorkOS. Read-only: no call makes one; they come with the
 * first sign-in (FACTS, WorkOS).
 */
export interface IdentityReader {
  /** undefined: there is no such user. Throws RetryableError like every call of the directory. */
  identities(userId: string, signal?: AbortSignal): Promise<WorkosIdentity[] | undefined>;
}

/** `type` is `OAuth`; the OpenAPI description says that others may follow. */
export type WorkosIdentity = {
  type: string;
  /** `GoogleOAuth`… */
  provider: string;
  /** The person's id at the provider. */
  idpId: string;
};

/** OpenAPI, UserlandUserIdentitiesController_get, as the SDK writes it. */
export const identitiesSchema = v.array(
  v.object({
    type: v.string(),
    provider: v.fallback(v.string(), ''),
    idpId: v.fallback(v.string(), ''),
  }),
);
