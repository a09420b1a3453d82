import type { MirrorConfig } from '../config/mirror.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import { RefusedError, RetryableError, type WorkosUsers } from '../workos/users.ts';
import type { CarriedPassword } from './carried-password.ts';
import { type OnDecision, skip, skipReason } from './decide/decision.ts';
import type { MirrorRules } from './decide/rules.ts';
import { oauthClientsToIds } from './decide/tags.ts';
import { type Leases, NO_LEASES } from './leases.ts';
import { createProcessMemory, type MirrorMemory, mirroredTo } from './memory.ts';
import type { Outcome } from './outcome.ts';
import { createRound } from './round.ts';
import { type LookupHint, type RoundOptions, type RoundResult, settled } from './round-result.ts';
import { createUnlink } from './unlink.ts';
import { createUserLocks, type UserLocks } from './user-locks.ts';

/**
 * Mirrors one observed user into WorkOS.
 *
 * @param password what came with the observation about the user's password. Default: nothing.
 * @throws RetryableError when WorkOS or Cognito could not be asked or did not answer. Calling again
 *   completes whatever was written.
 */
export type Mirror = (
  user: ObservedUser,
  signal?: AbortSignal,
  password?: CarriedPassword,
) => Promise<Outcome>;

/** The owner's settings → the rules of the mirror. */
export function configToRules(config: MirrorConfig): MirrorRules {
  const { oauthClients, trustedProviders, takeOverUnverified, recreate, retag, clock } = config;
  return {
    trustedProviders,
    ...(oauthClients && { clientIds: oauthClientsToIds(oauthClients) }),
    ...(takeOverUnverified && { takeOverUnverified }),
    ...(recreate && { recreate }),
    ...(retag && { retag }),
    ...(clock && { clock }),
  };
}

/** A user whom WorkOS refuses to answer about is rejected: a retry would not help. */
function toRejected(error: unknown): RoundResult {
  if (error instanceof RefusedError) return settled({ outcome: 'rejected', reason: error.code });
  throw error;
}

/** The state that was mirrored, with the later of the two times. */
function asConfirmed(observed: ObservedUser, { modifiedAt, ...state }: ObservedUser): ObservedUser {
  const times = [observed.modifiedAt ?? observed.observedAt, modifiedAt ?? ''];
  const newest = times
    .filter((time) => time !== '')
    .sort((one, other) => Date.parse(one) - Date.parse(other));
  return { ...state, observedAt: newest.at(-1) ?? observed.observedAt };
}

/** Each round reads WorkOS again; after so many lost races there is another cause. */
const MAXIMUM_ROUNDS = 6;
/** The longest chain of people who each need the next one's address; later events complete a longer one. */
const LONGEST_CHAIN = 25;

/** See {@link createMirror}. */
export type MirrorDependencies = {
  workosUsers: WorkosUsers;
  profiles: Profiles;
  config: MirrorConfig;
  knowsAllProfiles?: boolean;
  memory?: MirrorMemory;
  leases?: Leases;
  locks?: UserLocks;
  onDecision?: OnDecision;
};

/**
 * @param dependencies.profiles asked before anything is written that rests on an email.
 * @param dependencies.knowsAllProfiles whether `profiles` answers without a request, so that the linked
 *   profiles are read each time. Default false: the noted ones stay.
 * @param dependencies.memory default: the process's own.
 * @param dependencies.leases default: none, for a single process.
 * @param dependencies.locks of this process. Default: the mirror's own.
 * @param dependencies.onDecision told each decision, with the rule behind it.
 */
export function createMirror(dependencies: MirrorDependencies): Mirror {
  const { memory = createProcessMemory(), leases = NO_LEASES } = dependencies;
  const { locks = createUserLocks() } = dependencies;
  const rules = configToRules(dependencies.config);
  const shared = { ...dependencies, memory, leases, rules, locks };
  const round = createRound(shared);
  const unlink = createUnlink(shared);
  return (user, signal, password) => inRounds(user, new Set(), signal, password);

  /** @param stuck subs that wait for this user to be moved, or that could not be moved themselves. */
  async function inRounds(
    user: ObservedUser,
    stuck: Set<string>,
    signal: AbortSignal | undefined,
    password?: CarriedPassword,
  ): Promise<Outcome> {
    const reason = skipReason(user);
    if (reason !== undefined) {
      dependencies.onDecision?.(user.sub, skip(reason));
      return { outcome: 'skipped', reason };
    }
    let hint: LookupHint = memory.recall(user.sub)?.isSecondary ? 'linked_elsewhere' : 'none';
    for (let races = 0; races < MAXIMUM_ROUNDS; ) {
      const options: RoundOptions = { hint, stuck, signal, password };
      const result: RoundResult = await round(user, options).catch(toRejected);
      switch (result.kind) {
        case 'settled':
          await settle(user, result, signal);
          return result.outcome;
        case 'again':
          hint = result.hint;
          races += 1;
          break;
        case 'move_holder_first':
          await moveHolder(result.holder, new Set([...stuck, user.sub]), stuck, signal);
      }
    }
    throw new RetryableError(
      'WorkOS says that the email or external id is taken, but shows no user that has it',
    );
  }

  /** Notes the outcome; before that, removes the link of a user that was noted on another WorkOS user. */
  async function settle(
    user: ObservedUser,
    { outcome, isSecondary, confirmed }: Extract<RoundResult, { kind: 'settled' }>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const workosUserId = mirroredTo(outcome);
    const { workosUserId: former, isSecondary: wasLinked } = memory.recall(user.sub) ?? {};
    const isElsewhere = workosUserId !== undefined && former !== workosUserId;
    // A linked user in conflict may have left the address as well.
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

  /** Mirrors the holder of the address, as Cognito has just shown it: once, whatever the outcome. */
  async function moveHolder(
    holder: ObservedUser,
    waiting: Set<string>,
    stuck: Set<string>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (waiting.size <= LONGEST_CHAIN) await inRounds(holder, waiting, signal);
    stuck.add(holder.sub);
  }
}
