import type { MirrorConfig } from '../config/mirror.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import { RefusedError, RetryableError, type WorkosUsers } from '../workos/users.ts';
import { skipReason } from './decide/decision.ts';
import type { MirrorRules } from './decide/rules.ts';
import { oauthClientsToIds } from './decide/tags.ts';
import { type Leases, NO_LEASES } from './leases.ts';
import { createProcessMemory, type MirrorMemory, mirroredTo } from './memory.ts';
import type { Outcome } from './outcome.ts';
import { createRound } from './round.ts';
import { type Clue, type RoundResult, settled } from './round-result.ts';
import { createUnlink } from './unlink.ts';
import { createUserLocks } from './user-locks.ts';

/**
 * Mirrors one observed user into WorkOS.
 *
 * @throws RetryableError when WorkOS or Cognito could not be asked or could not answer; nothing is half
 *   done that a second call would not complete.
 */
export type Mirror = (user: ObservedUser, signal?: AbortSignal) => Promise<Outcome>;

/** The owner's settings in the form that the rules take. */
export function configToRules(config: MirrorConfig): MirrorRules {
  const { oauthClients, trustedProviders, takeOverUnverified, recreate, clock } = config;
  return {
    trustedProviders,
    ...(oauthClients && { clientIds: oauthClientsToIds(oauthClients) }),
    ...(takeOverUnverified && { takeOverUnverified }),
    ...(recreate && { recreate }),
    ...(clock && { clock }),
  };
}

/** What WorkOS will not even answer about one user is no reason to come again. */
function toRejected(error: unknown): RoundResult {
  if (error instanceof RefusedError) return settled({ outcome: 'rejected', reason: error.code });
  throw error;
}

/** What was mirrored, as new as the newer of the two. */
function asConfirmed(observed: ObservedUser, { modifiedAt, ...state }: ObservedUser): ObservedUser {
  const times = [observed.modifiedAt ?? observed.observedAt, modifiedAt ?? ''];
  const newest = times
    .filter((time) => time !== '')
    .sort((one, other) => Date.parse(one) - Date.parse(other));
  return { ...state, observedAt: newest.at(-1) ?? observed.observedAt };
}

/** Each round starts over with what WorkOS has by then; as many lost races are no race any more. */
const MAXIMUM_ROUNDS = 6;
/** Of people who each wait for the next one's address; a longer chain is completed by later events. */
const LONGEST_CHAIN = 25;

export type MirrorDependencies = {
  workosUsers: WorkosUsers;
  profiles: Profiles;
  config: MirrorConfig;
  knowsAllProfiles?: boolean;
  memory?: MirrorMemory;
  leases?: Leases;
};

/**
 * @param dependencies.profiles whom to ask before anything is done on the strength of an email.
 * @param dependencies.knowsAllProfiles whether `profiles` answers without a request, so that the profiles
 *   linked to a user are looked at each time. Default false: what is noted of them stays.
 * @param dependencies.memory default: the process's own.
 * @param dependencies.leases default: none, for a process that is alone.
 */
export function createMirror(dependencies: MirrorDependencies): Mirror {
  const { memory = createProcessMemory(), leases = NO_LEASES } = dependencies;
  const shared = {
    ...dependencies,
    memory,
    leases,
    rules: configToRules(dependencies.config),
    turns: createUserLocks(),
  };
  const round = createRound(shared);
  const unlink = createUnlink(shared);
  return (user, signal) => inRounds(user, new Set(), signal);

  /** @param stuck those who wait for this one to move on, or could not be moved on themselves. */
  async function inRounds(
    user: ObservedUser,
    stuck: Set<string>,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const reason = skipReason(user);
    if (reason !== undefined) return { outcome: 'skipped', reason };
    let clue: Clue = memory.recall(user.sub)?.isSecondary ? 'linked_elsewhere' : 'none';
    for (let races = 0; races < MAXIMUM_ROUNDS; ) {
      const result: RoundResult = await round(user, { clue, stuck, signal }).catch(toRejected);
      switch (result.kind) {
        case 'settled':
          await settle(user, result, signal);
          return result.outcome;
        case 'again':
          clue = result.clue;
          races += 1;
          break;
        case 'move_on_first':
          await moveOn(result.holder, new Set([...stuck, user.sub]), stuck, signal);
      }
    }
    throw new RetryableError(
      'WorkOS says that the email or external id is taken, but shows no user that has it',
    );
  }

  /** One that was linked to another WorkOS user before is taken off that one first. */
  async function settle(
    user: ObservedUser,
    { outcome, isSecondary, confirmed }: Extract<RoundResult, { kind: 'settled' }>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const workosUserId = mirroredTo(outcome);
    const { workosUserId: former, isSecondary: wasLinked } = memory.recall(user.sub) ?? {};
    const isElsewhere = workosUserId !== undefined && former !== workosUserId;
    // In conflict, it may have left the address all the same.
    const mayHaveLeft = outcome.outcome === 'conflict' && wasLinked;
    if (former !== undefined && (isElsewhere || mayHaveLeft)) {
      await unlink(user, former, { isElsewhere }, signal);
    }
    await memory.note({
      user: confirmed ? asConfirmed(user, confirmed) : user,
      outcome,
      isSecondary,
    });
  }

  /** Who stands in the way is mirrored first, as Cognito has just shown it: once, whatever comes of it. */
  async function moveOn(
    holder: ObservedUser,
    waiting: Set<string>,
    stuck: Set<string>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (waiting.size <= LONGEST_CHAIN) await inRounds(holder, waiting, signal);
    stuck.add(holder.sub);
  }
}
