import { isSameAddress, toAddressKey } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import type { WorkosUser, WorkosUsers } from '../workos/users.ts';
import { createConfirm } from './confirm.ts';
import { decide } from './decide/decide.ts';
import type { Decision, Found, Update } from './decide/decision.ts';
import { createFindLinked } from './decide/linked-profiles.ts';
import { isLinkedTo } from './decide/metadata.ts';
import { decideOnTaken } from './decide/own-user.ts';
import type { MirrorRules } from './decide/rules.ts';
import { type Leases, needsLease } from './leases.ts';
import type { MirrorMemory } from './memory.ts';
import type { Outcome } from './outcome.ts';
import { type Clue, type RoundResult, settled } from './round-result.ts';
import type { UserLocks } from './user-locks.ts';
import { createWrite } from './write.ts';

export type RoundOptions = {
  clue: Clue;
  /** Subs that could not be moved to another address. */
  stuck: ReadonlySet<string>;
  signal: AbortSignal | undefined;
};

/** One round of the mirror: look, decide, write. */
export type Round = (user: ObservedUser, options: RoundOptions) => Promise<RoundResult>;

export function createRound(dependencies: {
  workosUsers: WorkosUsers;
  profiles: Profiles;
  rules: MirrorRules;
  turns: UserLocks;
  memory: Pick<MirrorMemory, 'recall' | 'beforeWrite'>;
  leases: Leases;
  knowsAllProfiles?: boolean;
}): Round {
  const { workosUsers, rules, turns, memory, leases, knowsAllProfiles = false } = dependencies;
  const confirm = createConfirm(dependencies.profiles);
  const findLinked = createFindLinked(dependencies);
  const write = createWrite(dependencies);

  return async (user, options) => {
    const since = turns.now();
    const readAt = Date.now();
    const found = await look(user, options);
    if ('near' in found) {
      return settled({ outcome: 'conflict', reason: 'email_taken', workosUserId: found.near.id });
    }
    const target = found.byExternalId ?? found.byEmail;
    if (!target) return create(user, since, options);
    // Two profiles of one person would each overwrite what the other has noted.
    return turns.run(target.id, since, (isFresh) =>
      isFresh
        ? settleOn(user, found, { ...options, readAt })
        : settleAnew(user, target.id, { ...options, readAt: Date.now() }),
    );
  };

  /** @param options.readAt when `found` was read, in milliseconds since the epoch. */
  async function settleOn(
    user: ObservedUser,
    found: Found,
    options: RoundOptions & { readAt: number },
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
        const now = await refind(user, workosUserId, held);
        if (!now) return { kind: 'again', clue: 'lost_a_race' };
        return carryOut(user, await decideOn(user, now, held), now, held);
      },
      options.signal,
    );
  }

  /** Somebody else has written the WorkOS user since it was found. */
  async function settleAnew(
    user: ObservedUser,
    workosUserId: string,
    options: RoundOptions & { readAt: number },
  ): Promise<RoundResult> {
    const now = await refind(user, workosUserId, options);
    return now ? settleOn(user, now, options) : { kind: 'again', clue: 'lost_a_race' };
  }

  /** The same WorkOS user as it is now, as long as it is still one that the observed user could be. */
  async function refind(
    user: ObservedUser,
    workosUserId: string,
    { signal }: RoundOptions,
  ): Promise<Found | undefined> {
    const now = await workosUsers.get(workosUserId, signal);
    if (now?.externalId === user.sub) return { byExternalId: now };
    return now && isSameAddress(now.email, user.email) ? { byEmail: now } : undefined;
  }

  /** Another profile with this address may be made at the same moment: then it is looked for first. */
  function create(user: ObservedUser, since: number, options: RoundOptions): Promise<RoundResult> {
    const address = toAddressKey(user.email ?? '');
    return turns.run(address, since, async (isFresh) => {
      if (!isFresh) return { kind: 'again', clue: 'email_taken' };
      const erased = await findErased(user, options);
      return erased ?? carryOut(user, { decision: decide(user, {}, rules) }, {}, options);
    });
  }

  /** Somebody who was mirrored before has been deleted in WorkOS since: that is not undone in passing. */
  async function findErased(
    user: ObservedUser,
    { signal }: RoundOptions,
  ): Promise<RoundResult | undefined> {
    const workosUserId = memory.recall(user.sub)?.workosUserId;
    if (workosUserId === undefined || rules.recreate) return undefined;
    const former = await workosUsers.get(workosUserId, signal);
    if (former?.externalId === user.sub) return { kind: 'again', clue: 'lost_a_race' };
    if (former) return undefined;
    return settled({ outcome: 'conflict', reason: 'deleted_in_workos', workosUserId });
  }

  /**
   * Without a clue only the external id is looked up: for a new user the create itself tells whether
   * the email is free, and saves a request. With one, the email is asked for first.
   */
  async function look(
    user: ObservedUser,
    { clue, signal }: RoundOptions,
  ): Promise<Found | { near: WorkosUser }> {
    const answer =
      clue === 'none' || user.email === undefined
        ? ({ kind: 'none' } as const)
        : await workosUsers.findByEmail(user.email, signal);
    if (answer.kind === 'near' && clue === 'email_taken') return { near: answer.user };
    const byEmail = answer.kind === 'found' ? answer.user : undefined;
    if (byEmail?.externalId === user.sub) return { byExternalId: byEmail };
    if (byEmail && (clue === 'email_taken' || isLinkedTo(byEmail, user.sub))) return { byEmail };
    const byExternalId = await workosUsers.findByExternalId(user.sub, signal);
    if (byExternalId) return { byExternalId };
    return byEmail ? { byEmail } : {};
  }

  /** Cognito is asked only where the rules want its word. */
  async function decideOn(
    user: ObservedUser,
    found: Found,
    { stuck, signal }: RoundOptions,
  ): Promise<Decided> {
    const own = found.byExternalId;
    const linked = own && knowsAllProfiles ? await findLinked(own, signal) : undefined;
    const decision = decide(user, found, rules, { linked });
    if (decision.kind !== 'recheck') return { decision };
    const confirmation = await confirm(user, decision.holderSub, { stuck, signal });
    return {
      decision: decide(user, found, rules, { linked, confirmation }),
      confirmed: confirmation.user,
    };
  }

  async function carryOut(
    user: ObservedUser,
    { decision, confirmed }: Decided,
    found: Found,
    options: RoundOptions,
  ): Promise<RoundResult> {
    switch (decision.kind) {
      case 'create':
        return write.create(user.sub, decision, options.signal);
      case 'update': {
        const result = await write.update(user.sub, decision, found, options.signal);
        const isTaken = result === 'email_taken' && found.byExternalId;
        if (isTaken) return onTaken(user, found.byExternalId as WorkosUser, options);
        if (result === 'email_taken') return { kind: 'again', clue: 'lost_a_race' };
        return result.kind === 'settled' ? { ...result, confirmed } : result;
      }
      case 'recheck':
        // Only ever the answer to the first question.
        throw new Error('a confirmed decision asks for a confirmation');
      case 'move_on_first':
        return decision;
      case 'unchanged':
        return settled(toOutcome(decision), {
          isSecondary: found.byExternalId === undefined,
          confirmed,
        });
      default:
        return settled(toOutcome(decision));
    }
  }

  /** WorkOS says that another user has the address which this one moves to. */
  async function onTaken(
    user: ObservedUser,
    own: WorkosUser,
    options: RoundOptions,
  ): Promise<RoundResult> {
    const { stuck, signal } = options;
    const answer = await workosUsers.findByEmail(user.email ?? '', signal);
    if (answer.kind === 'none') return { kind: 'again', clue: 'lost_a_race' };
    const blocker = answer.user;
    if (answer.kind === 'near') {
      return settled({ outcome: 'conflict', reason: 'email_taken', workosUserId: blocker.id });
    }
    if (blocker.id === own.id) return { kind: 'again', clue: 'lost_a_race' };
    const decision = decideOnTaken(user, own, blocker, rules, undefined);
    if (decision.kind !== 'recheck') return carryOut(user, { decision }, {}, options);
    const confirmation = await confirm(user, decision.holderSub, { stuck, signal });
    const confirmed = decideOnTaken(user, own, blocker, rules, confirmation);
    return carryOut(user, { decision: confirmed }, {}, options);
  }
}

/** `confirmed`: the observed profile as Cognito has it now, where it was asked. */
type Decided = { decision: Decision; confirmed?: ObservedUser | undefined };

type Settled = Exclude<
  Decision,
  Update | { kind: 'create' } | { kind: 'recheck' } | { kind: 'move_on_first' }
>;

function toOutcome(decision: Settled): Outcome {
  switch (decision.kind) {
    case 'skipped':
      return { outcome: 'skipped', reason: decision.reason };
    case 'conflict': {
      const { reason, workosUserId } = decision;
      return { outcome: 'conflict', reason, workosUserId };
    }
    case 'stale':
    case 'unchanged':
      return { outcome: decision.kind, workosUserId: decision.workosUserId };
  }
}
