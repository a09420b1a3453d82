import { countOf, countsOf, type Tally } from './tally.ts';

/**
 * What a WorkOS user is to this pool before the seed:
 *
 * - `ours`: has this pool's tag, and the external id of a profile of it; `oursGone`: of a profile that is not there.
 * - `otherPool`: has the tag of another pool.
 * - `sameExternalId`: no tag, and the sub of a profile as its external id: an import of before.
 * - `foreignExternalId`: has a profile's address, and an external id that is none of this pool's.
 * - `linkable`: no external id, the same address, verified on both sides.
 * - `unverifiedInWorkos`: no external id, the same address, and WorkOS has not verified it.
 * - `notUsable`: no external id, the same address, and the profile is not verified, or is not mirrored.
 * - `noCounterpart`: no profile has its external id or its address.
 */
export type WorkosKind =
  | 'ours'
  | 'oursGone'
  | 'otherPool'
  | 'sameExternalId'
  | 'foreignExternalId'
  | 'linkable'
  | 'unverifiedInWorkos'
  | 'notUsable'
  | 'noCounterpart';

/** The users of the WorkOS environment before the seed; the kinds add up to `total`. */
export type WorkosFigures = {
  total: number;
  kinds: Record<WorkosKind, number>;
  /** Of all of them, who have signed in at WorkOS. */
  signedIn: number;
};

const HAS_PROFILE = 'external_id IN (SELECT sub FROM profiles)';
const SAME_ADDRESS = 'SELECT 1 FROM profiles WHERE profiles.email = workos.email';
const KIND = `CASE
  WHEN tag = 'ours' THEN iif(${HAS_PROFILE}, 'ours', 'oursGone')
  WHEN tag = 'other_pool' THEN 'otherPool'
  WHEN ${HAS_PROFILE} THEN 'sameExternalId'
  WHEN NOT EXISTS (${SAME_ADDRESS}) THEN 'noCounterpart'
  WHEN external_id IS NOT NULL THEN 'foreignExternalId'
  WHEN NOT EXISTS (${SAME_ADDRESS} AND counts = 1 AND mirrored = 1) THEN 'notUsable'
  WHEN verified = 1 THEN 'linkable'
  ELSE 'unverifiedInWorkos' END`;

export function readWorkosFigures(tally: Tally): WorkosFigures {
  tally.db.exec('CREATE INDEX IF NOT EXISTS profiles_email ON profiles (email)');
  const counts = countsOf(
    tally,
    `SELECT ${KIND} AS name, count(*) AS count FROM workos GROUP BY 1`,
  );
  const count = (where: string) =>
    countOf(tally, `SELECT count(*) AS count FROM workos WHERE ${where}`);
  const of = (kind: WorkosKind) => counts[kind] ?? 0;
  return {
    total: count('true'),
    kinds: {
      ours: of('ours'),
      oursGone: of('oursGone'),
      otherPool: of('otherPool'),
      sameExternalId: of('sameExternalId'),
      foreignExternalId: of('foreignExternalId'),
      linkable: of('linkable'),
      unverifiedInWorkos: of('unverifiedInWorkos'),
      notUsable: of('notUsable'),
      noCounterpart: of('noCounterpart'),
    },
    signedIn: count('signed_in = 1'),
  };
}
