import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import { CONFLICT_ADVICE } from '../mirror/decide/conflicts.ts';
import type { Answer } from './answer.ts';
import { toDay } from './day.ts';
import type { Doubt, ExplainedFacts, WorkosFacts } from './explanation.ts';
import { doubtToText, howToSignIn, who } from './words.ts';

/** What a conflict is about. `target`: the WorkOS user that it is about, where WorkOS has shown it. */
type ConflictFacts = {
  facts: ExplainedFacts;
  me: string;
  target: WorkosFacts | undefined;
};

/**
 * What each conflict means for the person who waits for an answer. A reason without an answer does not compile.
 */
export const CONFLICT_ANSWERS: Record<ConflictReason, (conflict: ConflictFacts) => Answer> = {
  unverified_email: (conflict) => {
    switch (conflict.facts.rule?.name) {
      case 'own_moves_to_unverified':
        return movesUnverified(conflict);
      case 'own_proved_in_workos_alone':
        return provedInWorkos(conflict);
      default:
        return claimsAddress(conflict);
    }
  },
  unverified_in_workos: ({ me, target }) => ({
    canSignIn: 'not_yet',
    answer: `Not yet. The address belongs to ${me}, who has proved it in Cognito.`,
    problem: `But WorkOS has a user with this address already (${idOf(target)}), made by a sign-up at WorkOS itself, and nobody has proved the address there: it may be a stranger’s, with a password of the stranger’s. So the sync joins nothing.`,
    todo: 'Ask the person whether they have signed up at the new sign-in. If they have, they can prove the address there (the code that WorkOS mails), and the two are joined at the next sign-in. If not, an operator runs npx cws verify --fix --take-over-unverified, which gives the WorkOS user to this person and shuts the stranger out; or deletes that WorkOS user. The command does so with all such users: npx cws verify lists them (unverified_in_workos).',
  }),
  foreign_external_id: ({ me, target, facts }) => ({
    canSignIn: 'unknown',
    answer: `Not with the account of Cognito. WorkOS has another user with the address of ${me} (${idOf(target)}), which this sync did not make.`,
    problem: `${target?.pool === undefined ? 'Its external id was set by your own systems' : `It belongs to another user pool (${target.pool})`}, so the sync leaves it alone, and the two are not joined.`,
    todo: `Find out whether it is the same person. If it is, ${toJoinForeign(facts, target)}`,
  }),
  address_passed_on: ({ me, target, facts }) => {
    const holder = holderOf(facts, target);
    return {
      canSignIn: 'no',
      answer: `No. The WorkOS user with the address of ${me} (${idOf(target)}) is the account of another Cognito profile${holder ? `, ${holder}` : ''}.`,
      problem: `${whyStuck(facts, target)} Two people must not get one account, so the sync joins nothing.`,
      todo: `Find out whether both profiles are one person. If they are, an operator sets the external id of the WorkOS user to ${facts.sub ?? 'this sub'}. If not, ${target?.lastSignInAt === undefined ? 'give the other profile a verified address in Cognito, or ' : ''}change the address of the WorkOS user: then this address is free.`,
    };
  },
  email_taken: ({ me, target, facts }) => {
    const own = ownOf(facts);
    return {
      canSignIn: own ? 'yes' : 'unknown',
      answer: own
        ? `Yes, but only with the former address ${own.email} (WorkOS user ${own.id}).`
        : `It is not certain for ${me}.`,
      problem: `In Cognito, ${me} has this new address; at WorkOS, another user has it already (${idOf(target)}).`,
      todo: 'Find out who owns the address now, and change the address of the other one, at WorkOS or in Cognito. The sync then goes on by itself.',
    };
  },
  email_locked: ({ target }) => ({
    canSignIn: 'yes',
    answer: 'Yes, but only with the address that WorkOS has.',
    problem: `A directory of the organization manages the address of the WorkOS user ${idOf(target)}, so that it cannot be changed here.`,
    todo: CONFLICT_ADVICE.email_locked.todo,
  }),
  metadata_full: ({ me, target }) => ({
    canSignIn: 'unknown',
    answer: `The sync cannot say for ${me}: it may not write to the WorkOS user ${idOf(target)}.`,
    problem:
      'That user has so many metadata keys of your own that there is no room for the three of the sync.',
    todo: 'An operator removes metadata keys of your own from that WorkOS user: at most seven may stay.',
  }),
  tagged_with_another_pool: ({ me, target }) => ({
    canSignIn: 'unknown',
    answer: `The WorkOS user of ${me} (${idOf(target)}) is marked as one of another user pool (${target?.pool ?? 'unknown'}).`,
    problem: 'The sync of this pool leaves it alone.',
    todo: 'An operator finds out which of the two user pools this person belongs to. If it is this one, and nothing mirrors the other pool any more, npx cws verify --fix --retag moves the WorkOS user to this pool, and with it all the others that Cognito has here and WorkOS marks as of another pool.',
  }),
  deleted_in_workos: ({ me, facts }) => {
    const other = facts.workos.known ? facts.workos.value.byEmail : null;
    return {
      canSignIn: other ? 'unknown' : 'no',
      answer: `${other ? 'Not with the account of Cognito' : 'No'}. ${me} had a WorkOS user${notedId(facts)}, and it was deleted at WorkOS.`,
      problem: `The sync does not make it again, because somebody may have deleted it on purpose.${other ? ` WorkOS has another user with this address by now (${other.id}).` : ''}`,
      todo: 'If the deletion was meant, disable or delete the profile in Cognito, too. If it was a mistake, an operator runs npx cws seed --recreate, which makes every user again who was deleted at WorkOS and whom Cognito has: npx cws verify lists them (deleted_in_workos).',
    };
  },
  disabled_in_cognito: ({ me, target }) => ({
    canSignIn: 'yes',
    answer: `Yes, although they should not: ${me} is disabled in Cognito, and still has the WorkOS user ${idOf(target)}.`,
    problem: 'WorkOS cannot disable a user, so a ban in Cognito does not reach it.',
    todo: CONFLICT_ADVICE.disabled_in_cognito.todo,
  }),
  address_differs: ({ me, target, facts }) => ({
    canSignIn: 'yes',
    answer: `Yes, but with the former address ${target?.email ?? ''}: ${target ? howToSignIn(facts, target) : ''}.`,
    problem: `In Cognito, ${me} has a new address, which Cognito has not verified, so WorkOS keeps the former one.`,
    todo: CONFLICT_ADVICE.address_differs.todo,
  }),
  linked_sub_of_another: ({ me }) => ({
    canSignIn: 'unknown',
    answer: `A WorkOS user still names the profile of ${me} as a further profile of its person, which is not so any more.`,
    problem: CONFLICT_ADVICE.linked_sub_of_another.means,
    todo: CONFLICT_ADVICE.linked_sub_of_another.todo,
  }),
  primary_gone: ({ me, target }) => ({
    canSignIn: target ? 'yes' : 'unknown',
    answer: `The WorkOS user ${idOf(target)} was made for another profile of ${me}, which is gone from Cognito.`,
    problem:
      'This profile lives on, and the sync does not decide by itself that the account is now this profile’s.',
    todo: CONFLICT_ADVICE.primary_gone.todo,
  }),
  deletion_held_back: () => ({
    canSignIn: 'yes',
    answer: 'The profile is gone from Cognito, and its WorkOS user is still there.',
    problem: CONFLICT_ADVICE.deletion_held_back.means,
    todo: CONFLICT_ADVICE.deletion_held_back.todo,
  }),
};

/** A profile with an address that it has not proved, which a WorkOS user has. */
function claimsAddress({ facts, me, target }: ConflictFacts): Answer {
  const doubt = facts.cognito?.doubt;
  const holder = holderOf(facts, target);
  const owner = holder
    ? `It is the account of another Cognito profile, ${holder}.`
    : 'It is not known to be this person’s.';
  return {
    canSignIn: 'no',
    answer: `No, not with this profile. ${me} gives an address that does not count as proved${doubt ? `, because ${doubtToText(doubt)}` : ''}.`,
    problem: `WorkOS has a user with this address (${idOf(target)}). ${owner} The sync gives it to nobody who has not proved the address.`,
    todo: `If the person behind this profile does not own the address (another person’s, a typing error), there is nothing to do: the account is safe. If they do own it, ${toProve(doubt)}; the next sign-in joins the two.`,
  };
}

function movesUnverified({ facts, me, target }: ConflictFacts): Answer {
  const how = target ? `: ${howToSignIn(facts, target)}` : '';
  return {
    canSignIn: 'yes',
    answer: `Yes, with the former address ${target?.email ?? ''} (WorkOS user ${idOf(target)})${how}.`,
    problem: `In Cognito, ${me} has a new address that does not count as proved, so WorkOS keeps the former one.`,
    todo: CONFLICT_ADVICE.unverified_email.todo,
  };
}

function provedInWorkos({ facts, me, target }: ConflictFacts): Answer {
  return {
    canSignIn: 'unknown',
    answer: `It is not certain that the account is theirs. The WorkOS user ${idOf(target)} was made for ${me}, whose address Cognito never verified.`,
    problem:
      'A person has proved the address to WorkOS since, and that may be another person: the real owner of the address.',
    todo: `If the person behind this profile owns the address, ${toProve(facts.cognito?.doubt)}; the next sign-in then settles it. If not, delete or disable the profile in Cognito.`,
  };
}

/**
 * A user of another pool is not taken over by its external id alone, and what nobody has proved at WorkOS (with a
 * password that may be a stranger's) is not to be given to the person by hand: without an external id, the rules decide.
 */
function toJoinForeign(facts: ExplainedFacts, target: WorkosFacts | undefined): string {
  const empty = 'an operator empties the external id of that WorkOS user';
  if (target?.emailVerified === false) {
    return `${empty}. As nobody has proved the address at WorkOS, the person has to prove it there first; the next sign-in at Cognito then joins the two.`;
  }
  const set = target?.pool === undefined ? `, or sets it to ${facts.sub ?? 'the sub'}` : '';
  return `${empty}${set}; the next sign-in at Cognito then joins the two.`;
}

/** What makes the address count as verified; the flag alone does not, where a provider can assert any address. */
function toProve(doubt: Doubt | undefined): string {
  if (doubt?.kind !== 'provider_not_trusted') return 'have the address verified in Cognito';
  return `verifying it in Cognito is not enough: an operator names ${doubt.provider} in TRUSTED_EMAIL_PROVIDERS, if you trust every address that it asserts (or for its own domains alone)`;
}

/** Who has the WorkOS user, by its external id. */
function holderOf(facts: ExplainedFacts, target: WorkosFacts | undefined): string | undefined {
  const holder = facts.others.find(({ sub }) => sub === target?.externalId);
  if (!holder) return undefined;
  return holder.profile
    ? `${who(holder.profile)} (sub ${holder.sub})`
    : `which is gone from Cognito (sub ${holder.sub})`;
}

/** Why the holder of an address that was passed on cannot be moved to another one. */
function whyStuck(facts: ExplainedFacts, target: WorkosFacts | undefined): string {
  const holder = facts.others.find(({ sub }) => sub === target?.externalId)?.profile;
  if (!holder) return 'That profile used to have this address, and is gone from Cognito.';
  if (target?.lastSignInAt !== undefined) {
    return `Its person has signed in at WorkOS (on ${toDay(target.lastSignInAt)}), so the sync may not change its address any more, though that profile has another one in Cognito by now.`;
  }
  if (!holder.countsAsVerified || !holder.emailVerified) {
    return 'That profile used to have this address, and has a new one in Cognito that is not proved, so it cannot be moved there.';
  }
  return `That profile used to have this address, and its new one (${holder.email ?? ''}) is taken at WorkOS.`;
}

function ownOf({ workos }: ExplainedFacts): WorkosFacts | null {
  return workos.known ? workos.value.own : null;
}

function notedId({ ledger }: ExplainedFacts): string {
  const id = ledger.known ? ledger.value?.workosUserId : undefined;
  return id === undefined ? '' : ` (${id})`;
}

function idOf(target: WorkosFacts | undefined): string {
  return target?.id ?? 'unknown';
}
