import type { Profiles } from '../user/profiles.ts';
import type {
  NewWorkosUser,
  PasswordHash,
  UserChanges,
  WorkosUser,
  WorkosUsers,
  WriteResult,
} from '../workos/users.ts';
import type { CarriedPassword } from './carried-password.ts';
import type { Decision, FoundUsers, Update } from './decide/decision.ts';
import { metadataToTags, withoutDeletions } from './decide/metadata.ts';
import type { MirrorRules } from './decide/rules.ts';
import type { Affected, MirrorMemory } from './memory.ts';
import { createRestore } from './restore.ts';
import { type RoundOptions, type RoundResult, settled } from './round-result.ts';
import { unknownPassword } from './unknown-password.ts';

/** Sends a decision to WorkOS; a refusal becomes the result or the hint of the round. */
export type Write = {
  create(
    sub: string,
    decision: Extract<Decision, { kind: 'create' }>,
    options: WriteOptions,
  ): Promise<RoundResult>;
  /** `email_taken`: another user has the address that this one should move to. */
  update(
    sub: string,
    decision: Update,
    found: FoundUsers,
    options: WriteOptions,
  ): Promise<RoundResult | 'email_taken'>;
};

/** `password`: told where WorkOS refuses the hash; the round is then done again without it. */
type WriteOptions = Pick<RoundOptions, 'signal' | 'password'>;

/** @param dependencies.memory told before each write, because the answer can be lost. */
export function createWrite(dependencies: {
  workosUsers: WorkosUsers;
  profiles: Profiles;
  rules: MirrorRules;
  memory: Pick<MirrorMemory, 'beforeWrite'>;
}): Write {
  const { workosUsers, memory } = dependencies;
  const restore = createRestore(dependencies);
  return {
    async create(sub, { user }, { signal, password }) {
      await memory.beforeWrite({ sub, linked: [] });
      const result = await workosUsers.create(user, signal);
      return isHashRefused(result, user, password)
        ? { kind: 'again', hint: 'none' }
        : afterCreate(result, user);
    },
    async update(sub, decision, found, { signal, password: carried }) {
      const { workosUserId, outcome, changes, cleanUp } = decision;
      const target = found.byExternalId ?? found.byEmail;
      const isSecondary = target !== undefined && target === found.byEmail && !changes.externalId;
      await memory.beforeWrite(affectedBy(sub, changes, target));
      const leftovers = cleanUp === 'all' ? await revokeAccess(workosUserId, signal) : [];
      if (leftovers === 'gone') return { kind: 'again', hint: 'lost_a_race' };
      // Never both: the carried password overwrites the former one as well.
      const isOverwritten = cleanUp !== undefined && changes.passwordHash === undefined;
      const password = isOverwritten && { password: unknownPassword() };
      const result = await workosUsers.update(workosUserId, { ...changes, ...password }, signal);
      if (isHashRefused(result, changes, carried)) return { kind: 'again', hint: 'lost_a_race' };
      if (result.kind === 'refused') return afterRefusal(result, workosUserId);
      if (result.user.externalId !== (changes.externalId ?? target?.externalId)) {
        // It became another profile's between the read and the write.
        await restore(result.user, signal, { hasPassword: changes.passwordHash !== undefined });
        return { kind: 'again', hint: 'lost_a_race' };
      }
      await setNames(result.user, decision.finalNames, signal);
      if (cleanUp === 'all') await workosUsers.endSessions(workosUserId, signal);
      const factors = leftovers.length > 0 && { leftoverFactors: leftovers };
      return settled(
        { outcome, workosUserId, ...factors, ...toCarried(changes, target) },
        { isSecondary },
      );
    },
  };

  /**
   * Overwrites the password of a WorkOS user that another person may have registered, and ends its sessions.
   * This comes before the external id is set: if the process ends in between, or an answer is lost, the
   * next run finds the user unlinked and does all of it again.
   *
   * @returns the kinds of second factors that are left; `gone` when the user does not exist any more.
   */
  async function revokeAccess(
    workosUserId: string,
    signal: AbortSignal | undefined,
  ): Promise<string[] | 'gone'> {
    const result = await workosUsers.update(workosUserId, { password: unknownPassword() }, signal);
    if (result.kind === 'refused' && result.refusal.because === 'changed_meanwhile') return 'gone';
    // The old password no longer works, so no further session can begin.
    await workosUsers.endSessions(workosUserId, signal);
    return workosUsers.authFactors(workosUserId, signal);
  }

  /** The former profile's names may have been written between the read and the update. */
  async function setNames(
    { id, firstName = '', lastName = '' }: WorkosUser,
    desired: Update['finalNames'],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (!desired) return;
    const isRight = desired.firstName === firstName && desired.lastName === lastName;
    if (!isRight) await workosUsers.update(id, desired, signal);
  }
}

/** @param target the WorkOS user before the changes. */
function affectedBy(sub: string, changes: UserChanges, target: WorkosUser | undefined): Affected {
  const { linkedSubs } = metadataToTags(target?.metadata ?? {});
  const former = changes.externalId === undefined ? undefined : target?.externalId;
  const stays = metadataToTags(
    withoutDeletions(changes.metadata ?? target?.metadata ?? {}),
  ).linkedSubs;
  const isDisplaced = former !== undefined && former !== sub && !stays.includes(former);
  const profiles = [...linkedSubs, ...(former === undefined ? [] : [former])];
  return {
    sub,
    linked: profiles.filter((each) => each !== sub && !(isDisplaced && each === former)),
    ...(isDisplaced && { displaced: former }),
  };
}

function afterCreate(result: WriteResult, user: NewWorkosUser): RoundResult {
  if (result.kind === 'written') {
    return settled({
      outcome: 'created',
      workosUserId: result.user.id,
      ...toCarried(user, undefined),
    });
  }
  const { because, code } = result.refusal;
  if (because === 'email_taken') return { kind: 'again', hint: 'email_taken' };
  if (because === 'external_id_taken') return { kind: 'again', hint: 'lost_a_race' };
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
      return { kind: 'again', hint: 'lost_a_race' };
    case 'invalid':
      return settled({ outcome: 'rejected', reason: code });
  }
}

function toCarried(
  { passwordHash, externalId }: UserChanges | NewWorkosUser,
  target: WorkosUser | undefined,
): { passwordCarried?: 'first' | 'again' } {
  if (passwordHash === undefined) return {};
  const wasCarried = externalId === undefined && metadataToTags(target?.metadata ?? {}).carried;
  return { passwordCarried: wasCarried ? 'again' : 'first' };
}

/** WorkOS's codes about a password or its hash (docs/facts.md#workos-passwords) all name it. */
const ABOUT_PASSWORD = /password/;

/** Whether the write was refused because of the hash, which must not cost the user everything else. */
function isHashRefused(
  result: WriteResult,
  { passwordHash }: Partial<PasswordHash>,
  password: CarriedPassword | undefined,
): boolean {
  if (result.kind === 'written' || passwordHash === undefined || !password) return false;
  const { code } = result.refusal;
  if (!ABOUT_PASSWORD.test(code)) return false;
  password.refuse(code);
  return true;
}
