import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser, WorkosUsers } from '../workos/users.ts';
import type { Confirm } from './confirm.ts';
import { conflict } from './decide/changes.ts';
import type { Decision, FinalDecision, FoundUsers, OnDecision, Update } from './decide/decision.ts';
import type { MirrorRules } from './decide/rules.ts';
import { decideOnTaken } from './decide/taken-address.ts';
import type { Outcome } from './outcome.ts';
import { type RoundOptions, type RoundResult, settled } from './round-result.ts';
import type { Write } from './write.ts';

/** A decision; `confirmed`: the observed profile as Cognito has it now, where Cognito was asked. */
export type Decided = { decision: Decision; confirmed?: ObservedUser | undefined };

/**
 * Sends a decision to WorkOS and says how the round ended.
 *
 * @param found the WorkOS users that the decision was taken on.
 * @throws RetryableError
 */
type CarryOut = (
  user: ObservedUser,
  decided: Decided,
  found: FoundUsers,
  options: Pick<RoundOptions, 'stuck' | 'signal' | 'password'>,
) => Promise<RoundResult>;

/** @param dependencies.confirm asked when the holder of a taken address has to be looked up. */
export function createCarryOut(dependencies: {
  workosUsers: Pick<WorkosUsers, 'findByEmail'>;
  rules: MirrorRules;
  confirm: Confirm;
  write: Write;
  onDecision?: OnDecision;
}): CarryOut {
  const { workosUsers, rules, confirm, write, onDecision } = dependencies;
  return carryOut;

  async function carryOut(
    ...[user, { decision, confirmed }, found, options]: Parameters<CarryOut>
  ): Promise<RoundResult> {
    if (decision.kind !== 'recheck') onDecision?.(user.sub, decision);
    switch (decision.kind) {
      case 'create':
        return write.create(user.sub, decision, options);
      case 'update': {
        const result = await write.update(user.sub, decision, found, options);
        if (result === 'email_taken') {
          return onTaken(confirmed ?? user, found.byExternalId, { ...options, confirmed });
        }
        return result.kind === 'settled' ? { ...result, confirmed } : result;
      }
      case 'recheck':
        // Only a decision without a confirmation asks for one.
        throw new Error('a confirmed decision asks for a confirmation');
      case 'move_holder_first':
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

  /** WorkOS refuses the email: another WorkOS user has the address that this one would move to. */
  async function onTaken(
    user: ObservedUser,
    own: WorkosUser | undefined,
    options: Pick<RoundOptions, 'stuck' | 'signal' | 'password'> & Pick<Decided, 'confirmed'>,
  ): Promise<RoundResult> {
    if (!own) return { kind: 'again', hint: 'lost_a_race' };
    const { stuck, signal, confirmed } = options;
    const answer = await workosUsers.findByEmail(user.email ?? '', signal);
    if (answer.kind === 'none') return { kind: 'again', hint: 'lost_a_race' };
    const blocker = answer.user;
    if (answer.kind === 'near') {
      const decision = conflict('email_taken', blocker, 'taken_by_lookalike');
      return carryOut(user, { decision }, {}, options);
    }
    if (blocker.id === own.id) return { kind: 'again', hint: 'lost_a_race' };
    const decision = decideOnTaken(user, own, blocker, rules, undefined);
    if (decision.kind !== 'recheck') return carryOut(user, { decision }, {}, options);
    const confirmation = await confirm(user, decision.holderSub, { stuck, signal, confirmed });
    const next = decideOnTaken(user, own, blocker, rules, confirmation);
    return carryOut(user, { decision: next }, {}, options);
  }
}

/** A decision that writes nothing and asks for nothing more. */
type WritelessDecision = Exclude<
  FinalDecision,
  Update | { kind: 'create' } | { kind: 'move_holder_first' }
>;

function toOutcome(decision: WritelessDecision): Outcome {
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
