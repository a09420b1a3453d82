import type { ObservedUser } from '../cognito/observed-user.ts';
import type { MirrorConfig } from '../config.ts';
import {
  type DirectoryUser,
  RetryableError,
  type UserDirectory,
  type WriteResult,
} from '../workos/user-directory.ts';
import { type ConflictReason, decide, type Found, type SkipReason, skipReason } from './decide.ts';
import { metadataToTags } from './metadata.ts';
import { oauthClientsToIds } from './tags.ts';
import { createTurns } from './turns.ts';

/** What became of one observed user: exactly one of these (DESIGN, section 4). */
export type Outcome =
  | { outcome: 'created' | 'linked' | 'updated' | 'unchanged' | 'stale'; workosUserId: string }
  | { outcome: 'skipped'; reason: SkipReason }
  | { outcome: 'conflict'; reason: ConflictReason; workosUserId: string }
  | { outcome: 'rejected'; reason: string };

/**
 * Mirrors one observed user into WorkOS.
 *
 * @throws RetryableError when WorkOS could not be asked or could not answer; nothing is half done
 *   that a second call would not complete.
 */
export type Mirror = (user: ObservedUser, signal?: AbortSignal) => Promise<Outcome>;

/** Each round starts over with what WorkOS has by then; a third refusal is no race any more. */
const MAXIMUM_ROUNDS = 3;
/** Subs remembered as somebody's second profile; a million users do not fit into a Lambda. */
const MAXIMUM_REMEMBERED = 10_000;

/** @param dependencies.config the owner's settings; see {@link MirrorConfig}. */
export function createMirror(dependencies: {
  directory: UserDirectory;
  config: MirrorConfig;
}): Mirror {
  const { directory, config } = dependencies;
  const rules = {
    trustedEmailProviders: config.trustedEmailProviders,
    ...(config.oauthClients && { clientIds: oauthClientsToIds(config.oauthClients) }),
  };
  const secondaries = new Set<string>();
  const inTurn = createTurns();

  return async (user, signal) => {
    const reason = skipReason(user);
    if (reason !== undefined || user.email === undefined) {
      return { outcome: 'skipped', reason: reason ?? 'no_email' };
    }
    const email = user.email;
    // Two profiles of one person, in one batch, would each overwrite what the other has noted.
    return inTurn(email.toLowerCase(), () => inRounds({ ...user, email }, signal));
  };

  async function inRounds(user: ObservedUser & { email: string }, signal?: AbortSignal) {
    for (let round = 1; round <= MAXIMUM_ROUNDS; round++) {
      const outcome = await once(user, round, signal);
      if (outcome !== 'start_again') return outcome;
    }
    throw new RetryableError(
      'WorkOS says that the email or external id is taken, but shows no user that has it',
    );
  }

  /** One round: look, decide, write. A refusal that a new look may explain starts another. */
  async function once(
    user: ObservedUser & { email: string },
    round: number,
    signal?: AbortSignal,
  ): Promise<Outcome | 'start_again'> {
    const found = await look(user, round, signal);
    const decision = decide(user, found, rules);
    switch (decision.kind) {
      case 'create':
        return afterCreate(await directory.create(decision.user, signal));
      case 'update': {
        const { workosUserId, changes, outcome } = decision;
        return afterUpdate(
          await directory.update(workosUserId, changes, signal),
          outcome,
          workosUserId,
        );
      }
      case 'conflict':
        return {
          outcome: 'conflict',
          reason: decision.reason,
          workosUserId: decision.workosUserId,
        };
      case 'stale':
      case 'unchanged':
        return { outcome: decision.kind, workosUserId: decision.workosUserId };
    }
  }

  /**
   * At first only the external id is looked up: for a new user the create itself tells whether the
   * email is free, and saves a request. Known second profiles are looked up by email at once.
   */
  async function look(
    user: ObservedUser & { email: string },
    round: number,
    signal?: AbortSignal,
  ): Promise<Found> {
    const remembered = round === 1 && secondaries.has(user.sub);
    const guess = remembered ? await directory.findByEmail(user.email, signal) : undefined;
    if (guess && isLinked(user.sub, guess)) return { byEmail: guess };

    const byExternalId = await directory.findByExternalId(user.sub, signal);
    if (byExternalId) return { byExternalId };
    if (round === 1 && !guess) return {};
    const byEmail = guess ?? (await directory.findByEmail(user.email, signal));
    if (byEmail) remember(user.sub);
    return byEmail ? { byEmail } : {};
  }

  function remember(sub: string): void {
    if (secondaries.size >= MAXIMUM_REMEMBERED) secondaries.clear();
    secondaries.add(sub);
  }
}

function isLinked(sub: string, user: DirectoryUser): boolean {
  return user.externalId !== sub && metadataToTags(user.metadata).linkedSubs.includes(sub);
}

function afterCreate(result: WriteResult): Outcome | 'start_again' {
  if (result.kind === 'written') return { outcome: 'created', workosUserId: result.user.id };
  const { because, code } = result.refusal;
  // Somebody has it: found by email in the next round, or by external id if a race was lost.
  if (because === 'email_taken' || because === 'external_id_taken') return 'start_again';
  return { outcome: 'rejected', reason: code };
}

function afterUpdate(
  result: WriteResult,
  outcome: 'linked' | 'updated',
  workosUserId: string,
): Outcome | 'start_again' {
  if (result.kind === 'written') return { outcome, workosUserId };
  const { because, code } = result.refusal;
  switch (because) {
    case 'email_taken':
    case 'email_locked':
      return { outcome: 'conflict', reason: because, workosUserId };
    case 'external_id_taken':
    case 'changed_meanwhile':
      return 'start_again';
    case 'invalid':
      return { outcome: 'rejected', reason: code };
  }
}
