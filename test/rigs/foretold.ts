import type { StrictUser } from '../../local/emulators/workos.ts';
import type { Forecast } from '../../src/explain/forecast.ts';
import type { RecordedWrite } from '../../src/explain/recorded-users.ts';
import type { FieldValue } from '../../src/mirror/field-difference.ts';
import type { Outcome } from '../../src/mirror/outcome.ts';

/** The users of WorkOS by id, each field by the name that a difference has for it. */
type WorkosState = Map<string, Record<string, FieldValue>>;

const NAMELESS = { first_name: null, last_name: null };

/** Without the time of the observation, which a forecast cannot know. */
export function toState(users: readonly StrictUser[]): WorkosState {
  return new Map(users.map((user) => [user.id, toFields(user)]));
}

function toFields(user: StrictUser): Record<string, FieldValue> {
  const { email, email_verified, first_name, last_name, external_id, metadata } = user;
  const { cognito_synced_at: _, ...tags } = metadata;
  const keys = Object.entries(tags).map(([key, value]) => [`metadata.${key}`, value]);
  return {
    ...{ email, email_verified, external_id, ...Object.fromEntries(keys) },
    first_name: first_name || null,
    last_name: last_name || null,
  };
}

/**
 * What WorkOS has, and how the mirror ends, if everything comes as it was foretold.
 *
 * @param created the id that WorkOS gives a new user.
 */
export function asForetold(
  { outcome, writes }: Forecast,
  before: WorkosState,
  created: string,
): { outcome: Outcome; state: WorkosState } {
  const state = new Map(before);
  const idOf = (id: string) => (before.has(id) ? id : created);
  for (const write of writes) carryOut(write, idOf(write.workosUserId), state);
  return {
    outcome: outcome.outcome === 'created' ? { ...outcome, workosUserId: created } : outcome,
    state,
  };
}

function carryOut(write: RecordedWrite, id: string, state: WorkosState): void {
  switch (write.kind) {
    case 'end_sessions':
      return;
    case 'delete':
      state.delete(id);
      return;
    default: {
      const changed = { ...NAMELESS, ...state.get(id), ...write.difference.after };
      // A key of the metadata that is removed is not there any more.
      const kept = Object.entries(changed).filter(
        ([name, value]) => !name.startsWith('metadata.') || value !== null,
      );
      state.set(id, Object.fromEntries(kept));
    }
  }
}
