import { isOurs } from '../mirror/decide/holder.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { countsAsVerified } from '../mirror/decide/trust.ts';
import { configToRules } from '../mirror/mirror.ts';
import type { WorkosUser } from '../workos/users.ts';
import { type ExplainSetting, explainSub, explainWithoutProfile } from './explain-profile.ts';
import type { Explanation } from './explanation.ts';
import type { PoolProfile } from './pool-lookup.ts';
import { toKnown } from './to-known.ts';

/** The person who is asked for. */
export type Asked = { sub: string } | { email: string };

/** `profile` undefined: Cognito does not have the sub. */
type Subject = { sub: string; profile: PoolProfile | undefined };

/** So many profiles of one address are explained; there is no end to those that squatters can make. */
const MOST_EXPLAINED = 8;

/**
 * The explanations of everybody who has to do with a sub or an address: of a sub one; of an address one for each Cognito
 * profile that has it, and for the profile whose WorkOS user has it. Changes nothing on either side.
 *
 * `more`: profiles that were left out.
 *
 * @throws SourceError where Cognito cannot be asked.
 */
export async function explain(
  asked: Asked,
  setting: ExplainSetting,
): Promise<{ explanations: Explanation[]; more: number }> {
  const { lookup } = setting;
  if ('sub' in asked) {
    const profile = await lookup.bySub(asked.sub);
    return { explanations: [await explainSub({ sub: asked.sub, profile }, setting)], more: 0 };
  }
  const profiles = await lookup.byEmail(asked.email);
  const found = await toKnown(() => setting.reader.findByEmail(asked.email, setting.signal));
  const user = found.known && found.value.kind === 'found' ? found.value.user : undefined;
  const subjects = profiles.map((profile) => ({ sub: profile.user.sub, profile }));
  const holder = await findHolder(user, profiles, setting);
  const rules = configToRules(setting.config);
  const all = [...(holder ? [holder] : []), ...subjects].toSorted(
    (one, other) => rankOf(one, user, rules) - rankOf(other, user, rules),
  );
  const explanations: Explanation[] = [];
  for (const subject of all.slice(0, MOST_EXPLAINED)) {
    explanations.push(await explainSub(subject, setting));
  }
  if (explanations.length === 0) {
    const known = found.known ? { known: true as const, value: user } : found;
    explanations.push(explainWithoutProfile(known, setting));
  }
  // The profile that the WorkOS user was made for says more than those that are noted on it.
  const isSecond = ({ inShort }: Explanation) => inShort.situation === 'second_profile';
  const inOrder = explanations.toSorted(
    (one, other) => Number(isSecond(one)) - Number(isSecond(other)),
  );
  return { explanations: inOrder, more: Math.max(0, all.length - MOST_EXPLAINED) };
}

/** Any number of squatters must not push out the owner: first who has the WorkOS user, then who has proved the address. */
function rankOf(
  { sub, profile }: Subject,
  user: WorkosUser | undefined,
  rules: MirrorRules,
): number {
  if (sub === user?.externalId) return 0;
  return profile && countsAsVerified(profile.user, rules) ? 1 : 2;
}

/** The profile whose WorkOS user has the address, where Cognito shows that profile with another address, or not at all. */
async function findHolder(
  user: WorkosUser | undefined,
  profiles: readonly PoolProfile[],
  { lookup, userPoolId }: ExplainSetting,
): Promise<Subject | undefined> {
  const sub = user?.externalId;
  if (!user || sub === undefined || !isOurs(user, { userPoolId })) return undefined;
  if (profiles.some((each) => each.user.sub === sub)) return undefined;
  return { sub, profile: await lookup.bySub(sub) };
}
