import type { FieldDifference, FieldValue } from '../../src/mirror/field-difference.ts';
import { maskId, maskText, maskUsername } from '../../src/page/mask.ts';

/** Of the other fields, emails alone are masked: a tag may hold one. */
const MASKS: Record<string, (text: string) => string> = {
  email: (email) => maskUsername(email.slice(0, email.lastIndexOf('@'))),
  first_name: maskUsername,
  last_name: maskUsername,
  external_id: maskId,
};

/** The same difference with its emails and names masked: of both, the first letter stays. */
export function maskDifference({ fields, before, after }: FieldDifference): FieldDifference {
  return { fields, before: maskValues(before), after: maskValues(after) };
}

function maskValues(values: Record<string, FieldValue>): Record<string, FieldValue> {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [
      field,
      typeof value === 'string' ? (MASKS[field] ?? maskText)(value) : value,
    ]),
  );
}
