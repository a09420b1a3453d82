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
  return {
    ...present('email', attributes.email),
    emailVerified: String(attributes.email_verified).toLowerCase() === 'true',
    ...present('givenName', attributes.given_name),
    ...present('familyName', attributes.family_name),
    ...present('name', attributes.name),
    identities: parseIdentities(attributes.identities),
  };
}

/** An attribute does not have the form that Cognito documents for it. */
export class MalformedAttributesError extends Error {
  override name = 'MalformedAttributesError';
}

function present<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  if (typeof value !== 'string') return {};
  const text = value.toWellFormed().trim();
  return text === '' ? {} : ({ [key]: text } as { [P in K]: string });
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
