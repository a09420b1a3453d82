import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { KEYS } from '../mirror/decide/metadata.ts';

/**
 * From Cognito's count to WorkOS's. Two sums hold:
 *
 * - `read` − all of `skipped` − `unreadable` − `secondProfiles` − `missing` − `toBeLinked` − `inConflict` −
 *   `accepted` = `own`: the profiles that have a WorkOS user of their own;
 * - `own` + `extra` + `ofGoneProfiles` + `acceptedExtra` + `notFromThisPool` = `listed`: WorkOS's users.
 *
 * A profile that has its own WorkOS user is in `own`, whatever else is the matter with it.
 */
export type UserBalance = {
  /** Cognito profiles. */
  read: number;
  skipped: Record<string, number>;
  unreadable: number;
  /** Further profiles of people who have another profile, or are missing with another one. */
  secondProfiles: number;
  missing: number;
  /** The mirror would give them a WorkOS user that exists. */
  toBeLinked: number;
  inConflict: number;
  accepted: number;
  own: number;
  /** WorkOS users whose profile is gone from Cognito. */
  extra: number;
  /** The same, where another profile of the person lives on, or claims the WorkOS user. */
  ofGoneProfiles: number;
  acceptedExtra: number;
  /** WorkOS users that do not come from this pool. */
  notFromThisPool: number;
  listed: number;
};

const placeSchema = v.object({ place: v.string(), state: v.string(), count: v.number() });
const peopleSchema = v.object({ count: v.number() });
const workosSchema = v.object({ place: v.string(), count: v.number() });

export function readUserBalance(db: DatabaseSync, userPoolId: string): UserBalance {
  const places = placesOf(db);
  const at = (place: string) =>
    places.filter((each) => each.place === place).reduce((sum, { count }) => sum + count, 0);
  const workos = workosPlacesOf(db, userPoolId);
  const missing = peopleMissing(db);
  const unknown = recordsWithoutSub(db);
  return {
    read: places.reduce((sum, { count }) => sum + count, 0) + unknown,
    skipped: Object.fromEntries(
      places.flatMap(({ place, state, count }) => (place === 'skipped' ? [[state, count]] : [])),
    ),
    unreadable: at('unreadable') + unknown,
    secondProfiles: at('second') + at('missing') - missing,
    missing,
    toBeLinked: at('to_be_linked'),
    inConflict: at('conflict'),
    accepted: at('accepted'),
    own: at('own'),
    extra: workos.extra ?? 0,
    ofGoneProfiles: workos.claimed ?? 0,
    acceptedExtra: workos.accepted ?? 0,
    notFromThisPool: workos.foreign ?? 0,
    listed: Object.values(workos).reduce((sum, count) => sum + count, 0),
  };
}

const HAS_OWN = 'EXISTS (SELECT 1 FROM workos_users WHERE external_id = cognito_users.sub)';
const IS_ACCEPTED = 'cognito_users.sub IN (SELECT sub FROM accepted WHERE sub IS NOT NULL)';

function placesOf(db: DatabaseSync) {
  const query = `SELECT CASE WHEN ${HAS_OWN} THEN 'own' WHEN ${IS_ACCEPTED} THEN 'accepted' ELSE place END
    AS place, state, count(*) AS count FROM cognito_users GROUP BY 1, 2`;
  return db
    .prepare(query)
    .all()
    .map((row) => v.parse(placeSchema, row));
}

/** As `missing` counts them: profiles with the same email are one. */
function peopleMissing(db: DatabaseSync): number {
  const query = `SELECT count(DISTINCT person) AS count FROM cognito_users
    WHERE place = 'missing' AND NOT ${HAS_OWN} AND NOT ${IS_ACCEPTED}`;
  return v.parse(peopleSchema, db.prepare(query).get()).count;
}

function recordsWithoutSub(db: DatabaseSync): number {
  const query = 'SELECT count(*) AS count FROM problems WHERE sub IS NULL';
  return v.parse(peopleSchema, db.prepare(query).get()).count;
}

/** WorkOS's users by what they are to Cognito. */
function workosPlacesOf(db: DatabaseSync, userPoolId: string): Record<string, number> {
  const query = `SELECT CASE
      WHEN external_id IN (SELECT sub FROM cognito_users) THEN 'own'
      WHEN coalesce(json_extract(user, '$.metadata.${KEYS.pool}'), '') <> ? THEN 'foreign'
      WHEN id IN (SELECT workos_id FROM accepted WHERE workos_id IS NOT NULL) THEN 'accepted'
      WHEN id IN (SELECT workos_id FROM orphans WHERE sub IS NULL) THEN 'extra'
      ELSE 'claimed' END AS place, count(*) AS count FROM workos_users GROUP BY 1`;
  const rows = db
    .prepare(query)
    .all(userPoolId)
    .map((row) => v.parse(workosSchema, row));
  return Object.fromEntries(rows.map(({ place, count }) => [place, count]));
}
