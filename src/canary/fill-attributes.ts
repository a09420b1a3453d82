import type { SchemaAttributeType } from '@aws-sdk/client-cognito-identity-provider';
import type { CanaryIdentity } from './mark.ts';

/** Attributes of a profile, by their names in Cognito. */
export type ProfileAttributes = Record<string, string>;

/** Cognito's own, which no sign-up may send. */
const NOT_SENT = new Set(['sub', 'email_verified', 'phone_number_verified', 'identities']);

/** Standard attributes that have a form of their own (developer guide, "Working with user attributes"). */
const STANDARD: Record<string, (identity: CanaryIdentity) => string> = {
  email: ({ address }) => address,
  phone_number: ({ phone }) => phone,
  preferred_username: ({ plainName }) => plainName,
  birthdate: () => '1990-01-31',
  locale: () => 'en-US',
  zoneinfo: () => 'Etc/UTC',
  updated_at: () => '1700000000',
  gender: () => 'unspecified',
  address: () => '1 Canary Street',
  picture: () => 'https://example.com/canary.png',
  profile: () => 'https://example.com/canary',
  website: () => 'https://example.com/canary',
};

/**
 * A value for every attribute that the pool requires, and the address.
 *
 * @param schema SchemaAttributes of the pool.
 * @param given values by name that come before the canary's own.
 */
export function fillAttributes(
  schema: readonly SchemaAttributeType[],
  identity: CanaryIdentity,
  given: ProfileAttributes = {},
): ProfileAttributes {
  const required = schema.flatMap((attribute) => {
    const { Name = '', Required } = attribute;
    if (!Required || NOT_SENT.has(Name)) return [];
    return [[Name, toValue(attribute, identity)] as const];
  });
  return { ...Object.fromEntries(required), ...given, email: identity.address };
}

/** A text of a length that the attribute takes: cut at its beginning, or lengthened. */
export function fitLength(text: string, attribute: SchemaAttributeType | undefined): string {
  const { MinLength, MaxLength } = attribute?.StringAttributeConstraints ?? {};
  const longest = MaxLength === undefined ? text.length : Number(MaxLength);
  return text.slice(-Math.max(1, longest)).padEnd(Number(MinLength ?? 0), 'x');
}

function toValue(attribute: SchemaAttributeType, identity: CanaryIdentity): string {
  const { Name = '', AttributeDataType, NumberAttributeConstraints } = attribute;
  const standard = Object.hasOwn(STANDARD, Name) ? STANDARD[Name] : undefined;
  if (standard) return standard(identity);
  switch (AttributeDataType) {
    case 'Number':
      return String(withinRange(1, NumberAttributeConstraints));
    case 'Boolean':
      return 'true';
    case 'DateTime':
      return '2026-01-31T00:00:00Z';
    default:
      return fitLength('Canary', attribute);
  }
}

function withinRange(
  value: number,
  range: SchemaAttributeType['NumberAttributeConstraints'] = {},
): number {
  const { MinValue = String(value), MaxValue = String(value) } = range;
  return Math.min(Math.max(value, Number(MinValue)), Math.max(Number(MaxValue), Number(MinValue)));
}
