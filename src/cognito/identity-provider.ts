import * as v from 'valibot';
import { toPublicUrl } from './public-url.ts';

/**
 * An identity provider of a user pool: what Cognito says of it, without its secrets.
 *
 * Absent is what this type of provider does not have, or what Cognito did not say in the documented
 * form. URLs carry no user information and no query beyond what {@link toPublicUrl} lets through.
 */
export type IdentityProvider = {
  name: string;
  /** `Google`, `Facebook`, `LoginWithAmazon`, `SignInWithApple`, `OIDC` or `SAML`; AWS may add others. */
  type: string;
  clientId?: string;
  scopes: string[];
  /** User pool attribute → the provider's own name for it. */
  attributeMapping: Record<string, string>;
  /** OIDC and the social ones. */
  issuer?: string;
  authorizeUrl?: string;
  /** Sign in with Apple. */
  teamId?: string;
  keyId?: string;
  /** SAML. `hasMetadataFile`: uploaded as a file, whose content is left unread. */
  metadataUrl?: string;
  hasMetadataFile?: true;
  ssoUrl?: string;
  idpInitiated?: true;
  encryptedResponses?: true;
  signedRequests?: true;
};

const text = v.fallback(v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty())), undefined);

/**
 * The keys of ProviderDetails that are read, and no others: `client_secret`, `private_key` and whatever
 * AWS may add never enter the program (API reference, IdentityProviderType: "subject to change").
 */
const detailsSchema = v.object({
  client_id: text,
  authorize_scopes: text,
  oidc_issuer: text,
  authorize_url: text,
  team_id: text,
  key_id: text,
  MetadataURL: text,
  MetadataFile: v.fallback(
    v.pipe(
      v.unknown(),
      v.transform((file) => file !== undefined && file !== null && file !== ''),
    ),
    false,
  ),
  SSORedirectBindingURI: text,
  IDPInit: text,
  EncryptedResponses: text,
  RequestSigningAlgorithm: text,
});

/** A list is an object to valibot too, and none of Cognito's. */
const plainRecord = v.pipe(
  v.custom<object>((value) => !Array.isArray(value)),
  v.record(v.string(), v.unknown()),
);

const mappingSchema = v.pipe(
  v.fallback(v.nullish(plainRecord, {}), {}),
  v.transform((mapping) =>
    Object.fromEntries(
      Object.entries(mapping ?? {}).flatMap(([attribute, from]) =>
        typeof from === 'string' && from !== '' ? [[attribute, from] as const] : [],
      ),
    ),
  ),
);

const answerSchema = v.object({
  ProviderType: text,
  ProviderDetails: v.fallback(v.optional(detailsSchema), undefined),
  AttributeMapping: mappingSchema,
});

/**
 * `IdentityProvider` of a DescribeIdentityProvider answer → what may be known of it. Never throws, and
 * never repeats what it cannot read: whatever is missing or has another form is absent.
 *
 * @param listed as ListIdentityProviders names it.
 */
export function answerToProvider(
  listed: { name: string; type?: string | undefined },
  answer: unknown,
): IdentityProvider {
  const parsed = v.safeParse(answerSchema, answer);
  const described = parsed.success ? parsed.output : undefined;
  const details = described?.ProviderDetails;
  const optional = {
    clientId: details?.client_id,
    issuer: toPublicUrl(details?.oidc_issuer),
    authorizeUrl: toPublicUrl(details?.authorize_url),
    teamId: details?.team_id,
    keyId: details?.key_id,
    metadataUrl: toPublicUrl(details?.MetadataURL),
    hasMetadataFile: details?.MetadataFile || undefined,
    ssoUrl: toPublicUrl(details?.SSORedirectBindingURI),
    idpInitiated: isTrue(details?.IDPInit),
    encryptedResponses: isTrue(details?.EncryptedResponses),
    signedRequests: details?.RequestSigningAlgorithm ? (true as const) : undefined,
  };
  return {
    name: listed.name,
    type: listed.type ?? described?.ProviderType ?? 'unknown',
    scopes: (details?.authorize_scopes ?? '').split(/[\s,]+/).filter((scope) => scope !== ''),
    attributeMapping: described?.AttributeMapping ?? {},
    ...dropAbsent(optional),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function dropAbsent<T extends object>(fields: T): Present<T> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Present<T>;
}

function isTrue(value: string | undefined): true | undefined {
  return value?.toLowerCase() === 'true' ? true : undefined;
}
