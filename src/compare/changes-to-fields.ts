import { KEYS } from '../mirror/decide/metadata.ts';
import type { UserChanges, WorkosUser } from '../workos/users.ts';

const FIELDS = {
  email: 'email',
  emailVerified: 'email_verified',
  firstName: 'first_name',
  lastName: 'last_name',
  externalId: 'external_id',
} as const;

/**
 * What an update would send → the fields that differ, as WorkOS's API names them, `metadata.` before a key
 * of ours. A flag that is sent along with an email, but is set already, does not differ.
 */
export function changesToFields(changes: UserChanges, target: WorkosUser): string[] {
  const { metadata = {}, ...rest } = changes;
  const fields = Object.entries(FIELDS).filter(([field]) => field in rest);
  const differing = fields.filter(
    ([field]) => !(field === 'emailVerified' && target.emailVerified),
  );
  const keys = Object.keys(metadata).filter((key) => key !== KEYS.syncedAt);
  return [...differing.map(([, name]) => name), ...keys.map((key) => `metadata.${key}`)];
}
