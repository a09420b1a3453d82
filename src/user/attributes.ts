import * as v from 'valibot';
import type { Identity, ObservedUser } from './observed-user.ts';

type AttributeFields = Pick<
  ObservedUser,
  'email' | 'emailVerified' | 'givenName' | 'familyName' | 'name' | 'identities'
>;

/** Cognito writes `primary` as a boolean or as a string (docs/facts.md#cognito-identities-attribute). */
const rawIdentitiesSchema = v.array(
  v.object({
    providerName: v.pipe(v.string(), v.nonEmpty()),
    providerType: v.optional(v.nullable(v.string(), ''), ''),
    userId: v.optional(v.union([v.string(), v.number()]), ''),
    primary: v.optional(v.nullable(v.union([v.boolean(), v.string()]), false), false),
  }),
);

/**
 * Cognito user attributes → the fields of an observed user that the mirror uses. All others (custom
 * attributes, phone numbers…) are dropped.
 *
 * Blank values count as absent. Unpaired surrogates, which not every JSON parser accepts, are replaced.
 *
 * @throws MalformedAttributesError when `identities` is not the JSON list that Cognito documents: guessing
 *   could change a person's provider tags.
 */
export function attributesToFields(attributes: Record<string, unknown>): AttributeFields {
  const email = toText(attributes.email);
  const givenName = toText(attributes.given_name);
  const familyName = toText(attributes.family_name);
  const name = toText(attributes.name);
  return {
    ...(email && { email }),
    emailVerified: String(attributes.email_verified).toLowerCase() === 'true',
    ...(givenName && { givenName }),
    ...(familyName && { familyName }),
    ...(name && { name }),
    identities: parseIdentities(attributes.identities),
  };
}

/** An attribute does not have the form that Cognito documents for it. */
export class MalformedAttributesError extends Error {
  override name = 'MalformedAttributesError';
}

/** The value without surrounding blanks; undefined where it is no text or blank. */
function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toWellFormed().trim() || undefined : undefined;
}

function parseIdentities(value: unknown): Identity[] {
  if (value === undefined || value === null || value === '') return [];
  const parsed = v.safeParse(rawIdentitiesSchema, parseJson(value));
  if (!parsed.success) {
    throw new MalformedAttributesError(
      'the attribute "identities" is not a JSON list of identities',
    );
  }
  return parsed.output.map((identity) => ({
    providerName: identity.providerName,
    providerType: identity.providerType,
    userId: String(identity.userId),
    primary: identity.primary === true || identity.primary === 'true',
  }));
}

function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
