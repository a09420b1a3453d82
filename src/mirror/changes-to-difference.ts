import type { NewWorkosUser, UserChanges, WorkosUser } from '../workos/users.ts';
import { KEYS } from './decide/metadata.ts';
import type { FieldDifference, FieldValue } from './field-difference.ts';

const FIELDS = {
  email: 'email',
  emailVerified: 'email_verified',
  firstName: 'first_name',
  lastName: 'last_name',
  externalId: 'external_id',
} as const;
type Field = keyof typeof FIELDS;

/**
 * What a create or an update would send → the fields that differ, with what WorkOS has and what it would
 * have. verify, `seed --dry-run` and the reports of both show this one answer. A flag that is sent along with
 * an email, but is set already, does not differ; nor does the time of the observation.
 *
 * @param target the WorkOS user as it is; none for a create.
 */
export function changesToDifference(
  changes: UserChanges | NewWorkosUser,
  target?: WorkosUser,
): FieldDifference {
  const { metadata = {} } = changes;
  const own = Object.entries(FIELDS).flatMap(([field, name]) =>
    isField(field) && changes[field] !== undefined
      ? [toEntry(name, target?.[field], changes[field])]
      : [],
  );
  const tags = Object.entries(metadata)
    .filter(([key]) => key !== KEYS.syncedAt)
    .map(([key, value]) => toEntry(`metadata.${key}`, target?.metadata[key], value));
  return entriesToDifference([...own, ...tags]);
}

/** One difference after the other of the same WorkOS user → the difference of both together. */
export function joinDifferences(one: FieldDifference, next: FieldDifference): FieldDifference {
  const before = { ...next.before, ...one.before };
  const after = { ...one.after, ...next.after };
  return entriesToDifference(
    Object.keys(after).map((name) => [name, before[name] ?? null, after[name] ?? null]),
  );
}

type Entry = [name: string, before: FieldValue, after: FieldValue];

function toEntry(
  name: string,
  before: string | boolean | undefined,
  after: FieldValue | undefined,
): Entry {
  // A blank name is no name: WorkOS's update has no other way to remove one.
  return [name, before ?? null, after === '' ? null : (after ?? null)];
}

function entriesToDifference(entries: Entry[]): FieldDifference {
  const differing = entries.filter(([, before, after]) => before !== after);
  return {
    fields: differing.map(([name]) => name),
    before: Object.fromEntries(differing.map(([name, before]) => [name, before])),
    after: Object.fromEntries(differing.map(([name, , after]) => [name, after])),
  };
}

function isField(name: string): name is Field {
  return Object.hasOwn(FIELDS, name);
}
