import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import { CONFLICT_ADVICE } from '../mirror/decide/conflicts.ts';
import type { Answer } from './answer.ts';
import { toAnswer } from './answer-parts.ts';
import { AGAIN, type ConflictFacts, holderOf, idOf, TELL_WAIT } from './conflict-parts.ts';
import { toDay } from './day.ts';
import type { ExplainedFacts, WorkosFacts } from './explanation.ts';
import { foreignAccount, registeredAtWorkos } from './same-address-answers.ts';
import { signInAnswer } from './sign-in-words.ts';
import { unverifiedEmail } from './unverified-answers.ts';
import { callWorkosUser } from './words.ts';

/**
 * What each conflict means for the person who waits for an answer. A reason without an answer does not compile.
 */
export const CONFLICT_ANSWERS: Record<ConflictReason, (conflict: ConflictFacts) => Answer> = {
  unverified_email: (conflict) => unverifiedEmail(conflict),
  unverified_in_workos: (conflict) => registeredAtWorkos(conflict),
  foreign_external_id: (conflict) => foreignAccount(conflict),
  address_passed_on: ({ me, target, facts }) => {
    const holder = holderOf(facts, target);
    return toAnswer({
      canSignIn: 'no',
      answer: 'the WorkOS account with this address is that of another Cognito account',
      account: `${me} has a Cognito account and no WorkOS account. The WorkOS account with this address (${idOf(target)}) is that of another Cognito account${holder ? `, ${holder}` : ''}.`,
      problem: `${whyStuck(facts, target)} Two people must not get one account, so the sync joins nothing.`,
      todo: [
        'Find out whether both Cognito accounts are one person.',
        `If not, an operator ${target?.lastSignInAt === undefined ? 'gives the other Cognito account a verified address in Cognito, or ' : ''}changes the address of the WorkOS account: then this address is free. ${AGAIN}.`,
        `If they are one person, an operator sets the external id of the WorkOS account to ${facts.sub ?? 'this sub'}.`,
      ],
      tell: TELL_WAIT,
    });
  },
  email_taken: ({ me, target, facts }) => {
    const own = ownOf(facts);
    return toAnswer({
      ...(own && signInAnswer(facts, own)),
      canSignIn: own ? 'yes' : 'unknown',
      answer: own ? `but only with the former address ${own.email}` : '',
      account: own
        ? `${me} has the WorkOS account ${own.id}, with the former address ${own.email}.`
        : `${me} has a Cognito account.`,
      problem: `In Cognito, ${me} has this new address; at WorkOS, another account has it already: ${callWorkosUser(target)}.`,
      todo: [
        'Find out who owns the address now.',
        `Have the address of the other one changed, at WorkOS or in Cognito. ${AGAIN}.`,
      ],
      tell: own
        ? `Sign in at the new sign-in with your former address ${own.email} until this is settled.`
        : TELL_WAIT,
    });
  },
  email_locked: ({ me, target, facts }) =>
    toAnswer({
      ...(target && signInAnswer(facts, target)),
      canSignIn: 'yes',
      answer: 'but only with the address that WorkOS has',
      account: `${me} has the WorkOS account ${idOf(target)}.`,
      problem: `A directory of the organization manages the address of the WorkOS account ${idOf(target)}, so that it cannot be changed here.`,
      todo: [CONFLICT_ADVICE.email_locked.todo],
      tell: `Sign in at the new sign-in with ${target?.email ?? 'your former address'}. The administrator of your organization can change the address.`,
    }),
  metadata_full: ({ me, target }) =>
    toAnswer({
      canSignIn: 'unknown',
      answer: 'the sync may not write to the WorkOS account',
      account: `${me} has a Cognito account; WorkOS has ${callWorkosUser(target)} with the same address.`,
      problem:
        'That WorkOS account has so many metadata keys of your own that there is no room for the three of the sync.',
      todo: [
        'An operator removes metadata keys of your own from that WorkOS account: at most seven may stay.',
      ],
      tell: 'We are looking into it.',
    }),
  tagged_with_another_pool: ({ me, target }) =>
    toAnswer({
      canSignIn: 'unknown',
      answer: 'the WorkOS account is marked as one of another user pool',
      account: `The WorkOS account of ${me} (${idOf(target)}) is marked as one of the user pool ${target?.pool ?? 'unknown'}.`,
      problem: 'The sync of this pool leaves it alone.',
      todo: [
        'An operator finds out which of the two user pools this person belongs to.',
        'If it is this one, and nothing mirrors the other pool any more, an operator moves the WorkOS account to this pool (below).',
      ],
      tell: 'We are looking into it.',
      operator: ['retag'],
    }),
  deleted_in_workos: ({ me, facts }) => {
    const other = facts.workos.known ? facts.workos.value.byEmail : null;
    return toAnswer({
      canSignIn: other ? 'unknown' : 'no',
      answer: 'the account of Cognito was deleted at WorkOS',
      account: `${me} has a Cognito account, and had a WorkOS account${notedId(facts)}, which was deleted at WorkOS.`,
      problem: `The sync does not make it again, because it may have been deleted on purpose.${other ? ` WorkOS has another account with this address by now (${other.id}).` : ''}`,
      todo: [
        'Find out who deleted it, and why.',
        'If it was meant, have the Cognito account disabled or deleted, too.',
        'If it was a mistake, an operator has it made again (below).',
      ],
      tell: 'We are looking into it.',
      operator: ['recreate'],
    });
  },
  disabled_in_cognito: ({ me, target }) =>
    toAnswer({
      canSignIn: 'yes',
      answer: 'although they should not: the account is disabled in Cognito',
      account: `${me} is disabled in Cognito, and still has the WorkOS account ${idOf(target)}.`,
      problem: 'WorkOS cannot disable an account, so a ban in Cognito does not reach it.',
      todo: [CONFLICT_ADVICE.disabled_in_cognito.todo],
      tell: 'We are looking into it.',
    }),
  address_differs: ({ me, target, facts }) =>
    toAnswer({
      ...(target && signInAnswer(facts, target)),
      canSignIn: 'yes',
      answer: `but with the former address ${target?.email ?? ''}`,
      account: `${me} has the WorkOS account ${idOf(target)}, with the former address ${target?.email ?? ''}.`,
      problem: `In Cognito, ${me} has a new address, which Cognito has not verified, so WorkOS keeps the former one.`,
      todo: [CONFLICT_ADVICE.address_differs.todo],
      tell: `Sign in at the new sign-in with your former address ${target?.email ?? ''}. To use the new one, prove it at the old sign-in (the code that Cognito sends).`,
    }),
  linked_sub_of_another: ({ me }) =>
    toAnswer({
      canSignIn: 'unknown',
      account: `A WorkOS account still names the Cognito account of ${me} as a further one of its person, which is not so any more.`,
      problem: CONFLICT_ADVICE.linked_sub_of_another.means,
      todo: [CONFLICT_ADVICE.linked_sub_of_another.todo],
      tell: 'We are looking into it.',
      operator: ['fix'],
    }),
  primary_gone: ({ me, target }) =>
    toAnswer({
      canSignIn: target ? 'yes' : 'unknown',
      account: `The WorkOS account ${idOf(target)} was made for another Cognito account of ${me}, which is gone from Cognito.`,
      problem:
        'This Cognito account lives on, and the sync does not decide by itself that the WorkOS account is now its own.',
      todo: [CONFLICT_ADVICE.primary_gone.todo],
      tell: 'You can go on signing in at the new sign-in.',
    }),
  deletion_held_back: () =>
    toAnswer({
      canSignIn: 'yes',
      answer: 'though the account was deleted in Cognito',
      account: 'The Cognito account is gone, and its WorkOS account is still there.',
      problem: CONFLICT_ADVICE.deletion_held_back.means,
      todo: [CONFLICT_ADVICE.deletion_held_back.todo],
      tell: 'Your old account was deleted. We are looking into it.',
      operator: ['delete_extra'],
    }),
};

/** Why the holder of an address that was passed on cannot be moved to another one. */
function whyStuck(facts: ExplainedFacts, target: WorkosFacts | undefined): string {
  const holder = facts.others.find(({ sub }) => sub === target?.externalId)?.profile;
  if (!holder) return 'That Cognito account used to have this address, and is gone from Cognito.';
  if (target?.lastSignInAt !== undefined) {
    return `Its person has signed in at WorkOS (on ${toDay(target.lastSignInAt)}), so the sync may not change its address any more, though that Cognito account has another one in Cognito by now.`;
  }
  if (!holder.countsAsVerified || !holder.emailVerified) {
    return 'That Cognito account used to have this address, and has a new one in Cognito that is not proved, so it cannot be moved there.';
  }
  return `That Cognito account used to have this address, and its new one (${holder.email ?? ''}) is taken at WorkOS.`;
}

function ownOf({ workos }: ExplainedFacts): WorkosFacts | null {
  return workos.known ? workos.value.own : null;
}

function notedId({ ledger }: ExplainedFacts): string {
  const id = ledger.known ? ledger.value?.workosUserId : undefined;
  return id === undefined ? '' : ` (${id})`;
}
