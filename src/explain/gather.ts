import type { WorkosIndex } from '../bulk/workos-index.ts';
import type { BothSides } from '../compare/both-sides.ts';
import { isOurs } from '../mirror/decide/holder.ts';
import { metadataToTags } from '../mirror/decide/metadata.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { Relation } from './explanation.ts';
import type { PoolLookup, PoolProfile } from './pool-lookup.ts';
import type { WorkosReader } from './recorded-users.ts';

/** The WorkOS users that have to do with a sub. */
export type GatheredWorkos = {
  own: WorkosUser | undefined;
  byEmail: WorkosUser | undefined;
  noted: WorkosUser | undefined;
};

/** Another profile that has to do with it; `profile` undefined: Cognito does not have it. */
export type GatheredProfile = {
  sub: string;
  relations: Set<Relation>;
  profile: PoolProfile | undefined;
};

/** More profiles of one person than this are not read one by one. */
const MOST_OTHERS = 20;

/**
 * Reads the WorkOS users of a profile: by external id, by address, and the one that the ledger has noted.
 *
 * @throws RetryableError or RefusedError where WorkOS does not answer.
 */
export async function gatherWorkos(
  { sub, email, workosUserId }: { sub: string; email?: string; workosUserId?: string },
  reader: WorkosReader,
  signal: AbortSignal,
): Promise<GatheredWorkos> {
  const own = await reader.findByExternalId(sub, signal);
  const answer = email === undefined ? undefined : await reader.findByEmail(email, signal);
  const byEmail = answer && answer.kind !== 'none' ? answer.user : undefined;
  const isKnown = [own?.id, byEmail?.id, undefined].includes(workosUserId);
  const noted =
    isKnown || workosUserId === undefined ? undefined : await reader.get(workosUserId, signal);
  return { own, byEmail, noted };
}

/**
 * The other profiles: those with the same address, those that are linked, and the one that has the WorkOS user.
 *
 * @throws SourceError
 */
export async function gatherOthers(
  { sub, userPoolId, email }: { sub: string; userPoolId: string; email?: string },
  workosUsers: readonly WorkosUser[],
  lookup: PoolLookup,
): Promise<GatheredProfile[]> {
  const relations = new Map<string, Set<Relation>>();
  const relate = (other: string, relation: Relation) => {
    if (other === sub) return;
    relations.set(other, (relations.get(other) ?? new Set()).add(relation));
  };
  const sameAddress = email === undefined ? [] : await lookup.byEmail(email);
  for (const user of workosUsers) {
    if (!isOurs(user, { userPoolId })) continue;
    if (user.externalId !== undefined) relate(user.externalId, 'holds_workos_user');
    for (const linked of metadataToTags(user.metadata).linkedSubs) relate(linked, 'linked');
  }
  // After those who have to do with the WorkOS user: squatters may be any number.
  for (const { user } of sameAddress) relate(user.sub, 'same_address');
  const known = new Map(sameAddress.map((each) => [each.user.sub, each]));
  const others: GatheredProfile[] = [];
  for (const [other, found] of [...relations].slice(0, MOST_OTHERS)) {
    const profile = known.get(other) ?? (await lookup.bySub(other));
    others.push({ sub: other, relations: found, profile });
  }
  return others;
}

/** What was read, in the form in which verify compares both sides. */
export function toBothSides(
  index: WorkosIndex,
  { own, byEmail, noted }: GatheredWorkos,
  profiles: readonly (PoolProfile | undefined)[],
): BothSides {
  for (const user of [own, byEmail, noted]) if (user) index.put(user);
  const bySub = new Map(profiles.flatMap((each) => (each ? [[each.user.sub, each.user]] : [])));
  return { index, profiles: { get: (sub) => bySub.get(sub) } };
}
