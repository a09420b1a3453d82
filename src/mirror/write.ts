import { randomBytes } from 'node:crypto';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import type { UserChanges, WorkosUser, WorkosUsers, WriteResult } from '../workos/users.ts';
import { emailChange, exactNames, isEmpty, tagChange } from './decide/changes.ts';
import type { Decision, Found, Update } from './decide/decision.ts';
import { hasCrossedOver } from './decide/holder.ts';
import { KEYS, metadataToTags } from './decide/metadata.ts';
import type { MirrorRules } from './decide/rules.ts';
import { mergeTags, userToTags } from './decide/tags.ts';
import type { Affected, MirrorMemory } from './memory.ts';
import { type RoundResult, settled } from './round-result.ts';

/** What was decided, sent to WorkOS; its refusals in the words of the next round. */
export type Write = {
  create(
    sub: string,
    decision: Extract<Decision, { kind: 'create' }>,
    signal: AbortSignal | undefined,
  ): Promise<RoundResult>;
  /** `email_taken`: another user has the address that this one should move to. */
  update(
    sub: string,
    decision: Update,
    found: Found,
    signal: AbortSignal | undefined,
  ): Promise<RoundResult | 'email_taken'>;
};

export function createWrite(dependencies: {
  workosUsers: WorkosUsers;
  profiles: Profiles;
  rules: MirrorRules;
  memory: Pick<MirrorMemory, 'beforeWrite'>;
}): Write {
  const { workosUsers, profiles, rules, memory } = dependencies;
  return {
    async create(sub, { user }, signal) {
      await memory.beforeWrite({ sub, linked: [] });
      return afterCreate(await workosUsers.create(user, signal));
    },
    async update(sub, decision, found, signal) {
      const { workosUserId, outcome, changes, cleanUp } = decision;
      const target = found.byExternalId ?? found.byEmail;
      const isSecondary = target !== undefined && target === found.byEmail && !changes.externalId;
      await memory.beforeWrite(affectedBy(sub, changes, target));
      const leftovers = cleanUp === 'all' ? await throwOut(workosUserId, signal) : [];
      if (leftovers === 'gone') return { kind: 'again', clue: 'lost_a_race' };
      const password = cleanUp !== undefined && { password: unknownPassword() };
      const result = await workosUsers.update(workosUserId, { ...changes, ...password }, signal);
      if (result.kind === 'refused') return afterRefusal(result, workosUserId);
      if (result.user.externalId !== (changes.externalId ?? target?.externalId)) {
        await restore(result.user, signal);
        return { kind: 'again', clue: 'lost_a_race' };
      }
      await setNames(result.user, decision.finalNames, signal);
      if (cleanUp === 'all') await workosUsers.endSessions(workosUserId, signal);
      const factors = leftovers.length > 0 && { leftoverFactors: leftovers };
      return settled({ outcome, workosUserId, ...factors }, { isSecondary });
    },
  };

  /**
   * Whoever registered the WorkOS user keeps nothing. This comes before the user becomes somebody's: should
   * the run end in between, or an answer be lost, the next one finds it as it was, and does it all again.
   *
   * @returns the kinds of second factors that are left.
   */
  async function throwOut(
    workosUserId: string,
    signal: AbortSignal | undefined,
  ): Promise<string[] | 'gone'> {
    const result = await workosUsers.update(workosUserId, { password: unknownPassword() }, signal);
    if (result.kind === 'refused' && result.refusal.because === 'changed_meanwhile') return 'gone';
    // With the old password gone, no further session can be begun.
    await workosUsers.endSessions(workosUserId, signal);
    return workosUsers.authFactors(workosUserId, signal);
  }

  /** The former profile's own names may have landed between the look and the write. */
  async function setNames(
    { id, firstName = '', lastName = '' }: WorkosUser,
    wanted: Update['finalNames'],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (!wanted) return;
    const isRight = wanted.firstName === firstName && wanted.lastName === lastName;
    if (!isRight) await workosUsers.update(id, wanted, signal);
  }

  /**
   * The WorkOS user became another profile's between the look and the write, so what was written was not
   * this one's to write: it is put back as Cognito has it of the other profile.
   */
  async function restore(user: WorkosUser, signal: AbortSignal | undefined): Promise<void> {
    const { externalId: sub, metadata } = user;
    const userPoolId = metadata[KEYS.pool];
    if (sub === undefined || !userPoolId || hasCrossedOver(user)) return;
    const rightful = await profiles.find({ userPoolId, sub }, signal);
    if (!rightful) return;
    const changes = restoredChanges(rightful, user, rules);
    if (isEmpty(changes)) return;
    await memory.beforeWrite({ sub, linked: [] });
    await workosUsers.update(user.id, changes, signal);
  }
}

/** @param target the WorkOS user before the changes. */
function affectedBy(sub: string, changes: UserChanges, target: WorkosUser | undefined): Affected {
  const { linkedSubs } = metadataToTags(target?.metadata ?? {});
  const former = changes.externalId === undefined ? undefined : target?.externalId;
  const stays = metadataToTags(toPresent(changes.metadata ?? target?.metadata)).linkedSubs;
  const isDisplaced = former !== undefined && former !== sub && !stays.includes(former);
  const profiles = [...linkedSubs, ...(former === undefined ? [] : [former])];
  return {
    sub,
    linked: profiles.filter((each) => each !== sub && !(isDisplaced && each === former)),
    ...(isDisplaced && { displaced: former }),
  };
}

function toPresent(metadata: Record<string, string | null> = {}): Record<string, string> {
  const present = Object.entries(metadata).filter((entry) => entry[1] !== null);
  return Object.fromEntries(present) as Record<string, string>;
}

function restoredChanges(
  rightful: ObservedUser,
  user: WorkosUser,
  rules: MirrorRules,
): UserChanges {
  const noted = metadataToTags(user.metadata);
  const linkedSubs = noted.linkedSubs.filter((sub) => sub !== rightful.sub);
  const tags = mergeTags(
    { ...userToTags(rightful), unverified: noted.unverified },
    { ...noted, linkedSubs },
  );
  return {
    ...exactNames(rightful, user),
    ...emailChange(rightful, user),
    ...tagChange(tags, user, rules),
  };
}

function afterCreate(result: WriteResult): RoundResult {
  if (result.kind === 'written') {
    return settled({ outcome: 'created', workosUserId: result.user.id });
  }
  const { because, code } = result.refusal;
  if (because === 'email_taken') return { kind: 'again', clue: 'email_taken' };
  if (because === 'external_id_taken') return { kind: 'again', clue: 'lost_a_race' };
  return settled({ outcome: 'rejected', reason: code });
}

function afterRefusal(
  { refusal: { because, code } }: Extract<WriteResult, { kind: 'refused' }>,
  workosUserId: string,
): RoundResult | 'email_taken' {
  switch (because) {
    case 'email_taken':
      return 'email_taken';
    case 'email_locked':
      return settled({ outcome: 'conflict', reason: because, workosUserId });
    case 'external_id_taken':
    case 'changed_meanwhile':
      return { kind: 'again', clue: 'lost_a_race' };
    case 'invalid':
      return settled({ outcome: 'rejected', reason: code });
  }
}

/** Of all kinds of characters that a password policy may ask for, and known to nobody. */
function unknownPassword(): string {
  return `Aa1!${randomBytes(45).toString('base64url')}`;
}
