import { toAddressKey } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import type { WorkosUsers } from '../workos/users.ts';
import { createCarryOut, type Decided } from './carry-out.ts';
import { createConfirm } from './confirm.ts';
import { mayCarry, withoutFormerPassword, withPassword } from './decide/carry.ts';
import { conflict } from './decide/changes.ts';
import { decide } from './decide/decide.ts';
import type { Decision, FoundUsers, OnDecision } from './decide/decision.ts';
import { createFindLinked } from './decide/linked-profiles.ts';
import type { MirrorRules } from './decide/rules.ts';
import { needsNewPassword } from './decide/tags.ts';
import { createUserFinder } from './find-users.ts';
import { type Leases, needsLease } from './leases.ts';
import type { MirrorMemory } from './memory.ts';
import { overwriteFormer } from './overwrite-former.ts';
import type { RoundOptions, RoundResult } from './round-result.ts';
import type { UserLocks } from './user-locks.ts';
import { createWrite } from './write.ts';

/** `readAt`: when the WorkOS users were read, in milliseconds since the epoch. */
type TimedOptions = RoundOptions & { readAt: number };

/**
 * One round of the mirror: find the WorkOS users, decide, write.
 *
 * Everything from the decision to the write happens under the lock of the WorkOS user (in this process),
 * and under its lease (across processes) where another profile may write the same fields. What was read
 * before the lock or lease was acquired is read again if another holder had it in between.
 *
 * @returns a function that rejects with RetryableError or RefusedError.
 */
export function createRound(dependencies: {
  workosUsers: WorkosUsers;
  profiles: Profiles;
  rules: MirrorRules;
  locks: UserLocks;
  memory: Pick<MirrorMemory, 'recall' | 'beforeWrite'>;
  leases: Leases;
  knowsAllProfiles?: boolean;
  onDecision?: OnDecision;
}): (user: ObservedUser, options: RoundOptions) => Promise<RoundResult> {
  const { workosUsers, rules, locks, memory, leases, knowsAllProfiles = false } = dependencies;
  const finder = createUserFinder(workosUsers);
  const confirm = createConfirm(dependencies.profiles);
  const findLinked = createFindLinked(dependencies);
  const carryOut = createCarryOut({ ...dependencies, confirm, write: createWrite(dependencies) });

  return async (user, options) => {
    const result = await findAndSettle(user, options);
    const isVoid = options.password?.isReset || needsNewPassword(user);
    // The refused update would have overwritten it.
    if (isVoid && isNotMirrored(result)) await overwriteFormer(user, workosUsers, options.signal);
    return result;
  };

  async function findAndSettle(user: ObservedUser, options: RoundOptions): Promise<RoundResult> {
    const since = locks.now();
    const readAt = Date.now();
    const found = await finder.find(user, options);
    if ('near' in found) {
      const decision = conflict('email_taken', found.near, 'taken_by_lookalike');
      return carryOut(user, { decision }, {}, options);
    }
    const target = found.byExternalId ?? found.byEmail;
    if (!target) return create(user, since, options);
    // Two profiles of one person would each overwrite what the other has noted.
    return locks.run(target.id, since, (isFresh) =>
      isFresh
        ? settleOn(user, found, { ...options, readAt })
        : rereadAndSettle(user, target.id, { ...options, readAt: Date.now() }),
    );
  }

  async function settleOn(
    user: ObservedUser,
    found: FoundUsers,
    options: TimedOptions,
  ): Promise<RoundResult> {
    const decided = await decideOn(user, found, options);
    if (decided.decision.kind !== 'update' || !needsLease(decided.decision)) {
      return carryOut(user, decided, found, options);
    }
    const { workosUserId } = decided.decision;
    return leases.hold(
      workosUserId,
      options.readAt,
      async (isFresh, signal) => {
        const held = { ...options, signal };
        if (isFresh) return carryOut(user, decided, found, held);
        const now = await finder.reread(user, workosUserId, signal);
        if (!now) return { kind: 'again', hint: 'lost_a_race' };
        return carryOut(user, await decideOn(user, now, held), now, held);
      },
      options.signal,
    );
  }

  /** Another user's round has written the WorkOS user since it was found. */
  async function rereadAndSettle(
    user: ObservedUser,
    workosUserId: string,
    options: TimedOptions,
  ): Promise<RoundResult> {
    const now = await finder.reread(user, workosUserId, options.signal);
    return now ? settleOn(user, now, options) : { kind: 'again', hint: 'lost_a_race' };
  }

  /** Locked by address: where another profile with it was mirrored meanwhile, its WorkOS user is looked up. */
  function create(user: ObservedUser, since: number, options: RoundOptions): Promise<RoundResult> {
    const address = toAddressKey(user.email ?? '');
    return locks.run(address, since, async (isFresh) => {
      if (!isFresh) return { kind: 'again', hint: 'email_taken' };
      const deleted = await findDeleted(user, options);
      if (deleted === 'lost_a_race') return { kind: 'again', hint: deleted };
      if (deleted) return carryOut(user, { decision: deleted }, {}, options);
      const decided = await carryPassword(user, { decision: decide(user, {}, rules) }, {}, options);
      return carryOut(user, decided, {}, options);
    });
  }

  /** A user who was mirrored before and was deleted in WorkOS since is not made again (rule `recreate`). */
  async function findDeleted(
    user: ObservedUser,
    { signal }: RoundOptions,
  ): Promise<Decision | 'lost_a_race' | undefined> {
    const workosUserId = memory.recall(user.sub)?.workosUserId;
    if (workosUserId === undefined || rules.recreate) return undefined;
    const former = await workosUsers.get(workosUserId, signal);
    if (former?.externalId === user.sub) return 'lost_a_race';
    if (former) return undefined;
    return conflict('deleted_in_workos', { id: workosUserId }, 'deleted_in_workos');
  }

  /** Asks Cognito only where the rules ask for a confirmation. */
  async function decideOn(
    user: ObservedUser,
    found: FoundUsers,
    options: RoundOptions,
  ): Promise<Decided> {
    const { stuck, signal } = options;
    const own = found.byExternalId;
    const linked = own && knowsAllProfiles ? await findLinked(own, signal) : undefined;
    const decision = decide(user, found, rules, { linked });
    if (decision.kind !== 'recheck') return carryPassword(user, { decision }, found, options);
    const confirmation = await confirm(user, decision.holderSub, { stuck, signal });
    const decided = {
      decision: decide(user, found, rules, { linked, confirmation }),
      confirmed: confirmation.user,
    };
    return carryPassword(user, decided, found, options);
  }

  /**
   * Adds to a decision what came with the observation about the user's password. One that was sealed while the user
   * has to choose a new one is an administrator's temporary one, which others know.
   */
  async function carryPassword(
    observed: ObservedUser,
    { decision, confirmed }: Decided,
    found: FoundUsers,
    { password }: RoundOptions,
  ): Promise<Decided> {
    if (!password) return { decision, confirmed };
    const user = confirmed ?? observed;
    const hash = mayCarry(user, decision, found, rules) ? await password.hash() : undefined;
    if (hash) return { decision: withPassword(user, decision, found, rules, hash), confirmed };
    if (!password.isReset) return { decision, confirmed };
    return { decision: withoutFormerPassword(user, decision, found, rules), confirmed };
  }
}

function isNotMirrored(result: RoundResult): boolean {
  if (result.kind !== 'settled') return false;
  const { outcome } = result.outcome;
  return outcome === 'conflict' || outcome === 'rejected';
}
