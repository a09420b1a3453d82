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
import type { MirrorRules } from './rules.ts';
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

/** The owner's settings in the form that {@link decide} takes. */
export function configToRules(config: MirrorConfig): MirrorRules {
  const { oauthClients, trustedEmailProviders } = config;
  return {
    trustedEmailProviders,
    ...(oauthClients && { clientIds: oauthClientsToIds(oauthClients) }),
  };
}

type Mirrorable = ObservedUser & { email: string };

/**
 * What is known before a look: nothing; that this sub was somebody's second profile the last time;
 * that a create was refused because somebody has the email; or that what was seen has changed.
 */
type Clue = 'none' | 'linked_elsewhere' | 'email_taken' | 'lost_a_race';

/** Each round starts over with what WorkOS has by then; as many lost races are no race any more. */
const MAXIMUM_ROUNDS = 6;
/** Subs remembered as somebody's second profile; a million users do not fit into a Lambda. */
const MAXIMUM_REMEMBERED = 10_000;

/** @param dependencies.config the owner's settings; see {@link MirrorConfig}. */
export function createMirror(dependencies: {
  directory: UserDirectory;
  config: MirrorConfig;
}): Mirror {
  const { directory } = dependencies;
  const rules = configToRules(dependencies.config);
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

  async function inRounds(user: Mirrorable, signal?: AbortSignal): Promise<Outcome> {
    let clue: Clue = secondaries.has(user.sub) ? 'linked_elsewhere' : 'none';
    for (let round = 1; round <= MAXIMUM_ROUNDS; round++) {
      const result = await once(user, clue, signal);
      if (typeof result === 'object') return result;
      clue = result;
    }
    throw new RetryableError(
      'WorkOS says that the email or external id is taken, but shows no user that has it',
    );
  }

  /** One round: look, decide, write. A refusal that a new look may explain is the next one's clue. */
  async function once(user: Mirrorable, clue: Clue, signal?: AbortSignal): Promise<Outcome | Clue> {
    const decision = decide(user, await look(user, clue, signal), rules);
    switch (decision.kind) {
      case 'create':
        return afterCreate(await directory.create(decision.user, signal));
      case 'update': {
        const { workosUserId, changes, outcome } = decision;
        const result = await directory.update(workosUserId, changes, signal);
        return afterUpdate(result, outcome, workosUserId);
      }
      case 'conflict': {
        const { reason, workosUserId } = decision;
        return { outcome: 'conflict', reason, workosUserId };
      }
      case 'stale':
      case 'unchanged':
        return { outcome: decision.kind, workosUserId: decision.workosUserId };
    }
  }

  /**
   * Without a clue only the external id is looked up: for a new user the create itself tells whether
   * the email is free, and saves a request. With one, the email is asked for first.
   */
  async function look(user: Mirrorable, clue: Clue, signal?: AbortSignal): Promise<Found> {
    const byEmail = clue === 'none' ? undefined : await directory.findByEmail(user.email, signal);
    if (byEmail?.externalId === user.sub) return { byExternalId: byEmail };
    const settled = clue === 'email_taken' || (byEmail && isLinked(user.sub, byEmail));
    if (byEmail && settled) {
      remember(user.sub);
      return { byEmail };
    }
    const byExternalId = await directory.findByExternalId(user.sub, signal);
    if (byExternalId) return { byExternalId };
    return byEmail ? { byEmail } : {};
  }

  function remember(sub: string): void {
    if (secondaries.size >= MAXIMUM_REMEMBERED) secondaries.clear();
    secondaries.add(sub);
  }
}

function isLinked(sub: string, user: DirectoryUser): boolean {
  return metadataToTags(user.metadata).linkedSubs.includes(sub);
}

function afterCreate(result: WriteResult): Outcome | Clue {
  if (result.kind === 'written') return { outcome: 'created', workosUserId: result.user.id };
  const { because, code } = result.refusal;
  if (because === 'email_taken') return 'email_taken';
  if (because === 'external_id_taken') return 'lost_a_race';
  return { outcome: 'rejected', reason: code };
}

function afterUpdate(
  result: WriteResult,
  outcome: 'linked' | 'updated',
  workosUserId: string,
): Outcome | Clue {
  if (result.kind === 'written') return { outcome, workosUserId };
  const { because, code } = result.refusal;
  switch (because) {
    case 'email_taken':
    case 'email_locked':
      return { outcome: 'conflict', reason: because, workosUserId };
    case 'external_id_taken':
    case 'changed_meanwhile':
      return 'lost_a_race';
    case 'invalid':
      return { outcome: 'rejected', reason: code };
  }
}
