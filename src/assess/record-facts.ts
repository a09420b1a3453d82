import * as v from 'valibot';

/**
 * What an assessment counts of a record beside what the mirror reads. Never a value of an attribute: only whether
 * there is one.
 *
 * - `custom`: names of the custom attributes that have a value, as Cognito writes them (`custom:plan`).
 */
type RecordFacts = {
  sub: string;
  hasPhone: boolean;
  isPhoneVerified: boolean;
  custom: string[];
};

const attributes = v.fallback(
  v.nullish(v.array(v.object({ Name: v.string(), Value: v.optional(v.unknown()) }))),
  undefined,
);
const recordSchema = v.object({ Attributes: attributes, UserAttributes: attributes });

/** A record of ListUsers or of an export; undefined for one without a sub, which is a problem of its own. */
export function recordToFacts(record: unknown): RecordFacts | undefined {
  const parsed = v.safeParse(recordSchema, record);
  if (!parsed.success) return undefined;
  const list = parsed.output.Attributes ?? parsed.output.UserAttributes ?? [];
  const values = new Map(list.map(({ Name, Value }) => [Name, toText(Value)]));
  const sub = values.get('sub');
  if (sub === undefined || sub === '') return undefined;
  const custom = [...values].filter(([name, value]) => isCustom(name) && value !== '');
  return {
    sub,
    hasPhone: (values.get('phone_number') ?? '') !== '',
    isPhoneVerified: values.get('phone_number_verified')?.toLowerCase() === 'true',
    custom: custom.map(([name]) => name),
  };
}

/** Of the pool's own schema (API reference, SchemaAttributeType): `dev:` ones can be written by administrators alone. */
function isCustom(name: string): boolean {
  return name.startsWith('custom:') || name.startsWith('dev:');
}

function toText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).trim();
}
