import type { ObservedUser } from '../cognito/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import type { UserDirectory } from '../workos/user-directory.ts';
import { createFindLinked } from './linked-profiles.ts';
import { isLinkedTo, KEYS } from './metadata.ts';
import type { Outcome } from './outcome.ts';
import { decideOnOwn } from './own-user.ts';
import type { RoundResult } from './round-result.ts';
import type { MirrorRules } from './rules.ts';
import type { Turns } from './turns.ts';

/**
 * Remembers which subs were noted as somebody's second profile. A link is not for ever: one that has a
 * WorkOS user of its own by now is taken off the other one, with the tags it brought.
 */
export type FormerLinks = {
  isRemembered(sub: string): boolean;
  /** @throws RetryableError when the former link could not be removed. */
  settle(
    user: ObservedUser,
    result: Extract<RoundResult, { kind: 'settled' }>,
    signal: AbortSignal | undefined,
  ): Promise<void>;
};

/** A million users do not fit into a Lambda. */
const MAXIMUM_REMEMBERED = 10_000;

export function createFormerLinks(dependencies: {
  directory: UserDirectory;
  profiles: Profiles;
  rules: MirrorRules;
  turns: Turns;
}): FormerLinks {
  const unlink = createUnlink(dependencies);
  const linkedTo = new Map<string, string>();

  return {
    isRemembered: (sub) => linkedTo.has(sub),
    async settle({ sub }, { outcome, isSecondary }, signal) {
      const workosUserId = mirroredTo(outcome);
      if (workosUserId === undefined) return;
      const former = linkedTo.get(sub);
      if (former !== undefined && former !== workosUserId) await unlink(sub, former, signal);
      linkedTo.delete(sub);
      if (!isSecondary) return;
      if (linkedTo.size >= MAXIMUM_REMEMBERED) linkedTo.clear();
      linkedTo.set(sub, workosUserId);
    },
  };
}

function mirroredTo(outcome: Outcome): string | undefined {
  switch (outcome.outcome) {
    case 'created':
    case 'linked':
    case 'updated':
    case 'unchanged':
      return outcome.workosUserId;
    default:
      return undefined;
  }
}

type Unlink = (sub: string, workosUserId: string, signal: AbortSignal | undefined) => Promise<void>;

/** What the remaining profiles bring is read from Cognito: noted together, tags cannot be told apart. */
function createUnlink(dependencies: {
  directory: UserDirectory;
  profiles: Profiles;
  rules: MirrorRules;
  turns: Turns;
}): Unlink {
  const { directory, profiles, rules, turns } = dependencies;
  const findLinked = createFindLinked(dependencies);
  return (linkedSub, workosUserId, signal) =>
    turns.run(workosUserId, turns.now(), async () => {
      const primary = await directory.get(workosUserId, signal);
      const { externalId: sub, metadata } = primary ?? {};
      const userPoolId = metadata?.[KEYS.pool];
      if (!primary || sub === undefined || !userPoolId || !isLinkedTo(primary, linkedSub)) return;
      const profile = await profiles.find({ userPoolId, sub }, signal);
      if (!profile) return;
      const linked = (await findLinked(primary, signal)) ?? [];
      const others = linked.filter((each) => each.sub !== linkedSub);
      const decision = decideOnOwn(profile, primary, rules, { linked: others });
      if (decision.kind !== 'update') return;
      await directory.update(workosUserId, decision.changes, signal);
    });
}
