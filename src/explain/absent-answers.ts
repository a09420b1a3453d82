import { CONFLICT_ADVICE } from '../mirror/decide/conflicts.ts';
import { isSameAddress } from '../user/address.ts';
import type { InShort } from './answer.ts';
import { describeOther } from './answer-parts.ts';
import { toDay } from './day.ts';
import type { ExplainedFacts, OtherProfile, WorkosFacts } from './explanation.ts';
import { describeWorkosUser } from './words.ts';

/** Neither a conflict nor a profile: what WorkOS, or the ledger, has of a sub or an address. */
export function withoutProfile(facts: ExplainedFacts): InShort {
  const { own, byEmail, noted } = facts.workos.known ? facts.workos.value : {};
  const user = own ?? byEmail;
  if (!user) return noted ? goneFromPerson(facts, noted) : unknownAtBoth(facts);
  if (!facts.goneForecast && user.ours) return withoutExternalId(user);
  if (!facts.goneForecast) {
    return {
      situation: 'in_workos_only',
      needsAction: false,
      canSignIn: 'yes',
      answer: `Yes, but this is no account of Cognito: ${describeWorkosUser(user)} exists at WorkOS alone.`,
      problem:
        user.pool === undefined
          ? 'The sync did not make this user and never touches it.'
          : `It belongs to another user pool (${user.pool}).`,
      todo: 'There is nothing to do.',
    };
  }
  return gone(facts, user);
}

/** With our tag of this pool: the sync made it. */
function withoutExternalId(user: WorkosFacts): InShort {
  return {
    situation: 'in_workos_only',
    needsAction: true,
    canSignIn: 'yes',
    answer: `Yes, but Cognito has no profile with this address: ${describeWorkosUser(user)} exists at WorkOS alone.`,
    problem:
      'The sync of this user pool made it for a profile, but it has no external id any more: it was emptied by another way than the sync, so that it is not known whose account it is.',
    todo: 'An operator finds the Cognito profile of this person (which may be deleted, or have another address) and sets the external id of that WorkOS user to its sub.',
  };
}

/** The ledger knows to which WorkOS user the profile was brought; that user was not made for it. */
function goneFromPerson({ sub, others, ledger }: ExplainedFacts, user: WorkosFacts): InShort {
  const holder = others.find((each) => each.sub === user.externalId);
  const isSecondary = ledger.known && ledger.value?.isSecondary === true;
  return {
    situation: 'gone_from_cognito',
    needsAction: false,
    canSignIn: 'yes',
    answer: `Not with this profile (sub ${sub ?? ''}), which does not exist in Cognito any more. But the WorkOS user to which the sync had brought it is still there: ${describeWorkosUser(user)}.`,
    problem: holder
      ? `It is the account of ${isSecondary ? 'the same person’s' : 'another'} Cognito profile: ${describeOther(holder)}.`
      : '',
    todo: 'Do not delete that WorkOS user because of this profile. If the person cannot sign in, look at the profile that they have now.',
  };
}

function gone(facts: ExplainedFacts, user: WorkosFacts): InShort {
  const base = { situation: 'gone_from_cognito', canSignIn: 'yes' } as const;
  const left = `${describeWorkosUser(user)} was made for a Cognito profile (sub ${facts.sub ?? ''}) that does not exist any more.`;
  const living = facts.others.find((each) => isOfPerson(each, user));
  if (living) {
    return {
      ...base,
      needsAction: true,
      answer: `Yes. ${left}`,
      problem: `Another Cognito profile of the same person lives on: ${describeOther(living)}.`,
      todo: CONFLICT_ADVICE.primary_gone.todo,
    };
  }
  if (user.lastSignInAt !== undefined) {
    return {
      ...base,
      needsAction: false,
      answer: `Yes. ${left}`,
      problem: `The person has signed in at WorkOS (last on ${toDay(user.lastSignInAt)}), so the account there is theirs and stays.`,
      todo: 'There is nothing to do, unless the account was to be deleted everywhere: then delete the WorkOS user as well.',
    };
  }
  const outcome = facts.goneForecast?.known ? facts.goneForecast.value.outcome : undefined;
  const conflict = outcome?.outcome === 'conflict' ? outcome.reason : undefined;
  return {
    ...base,
    needsAction: true,
    answer: `They still can, though the account was deleted in Cognito. ${left}`,
    problem:
      facts.deletions === 'keep'
        ? 'The sync keeps such users (deletions=keep, by the settings that this command has).'
        : conflict === undefined
          ? 'The sync is set to delete such users (deletions=delete), unless those of today are used up; it has not been told of this one yet.'
          : `The sync does not delete it by itself (${conflict}).`,
    todo: 'If the person is to have no account any more, delete the WorkOS user, or have an operator run npx cws verify --fix --delete-extra, which lists all of them first.',
  };
}

/** A further profile, as long as it has the same proved address. */
function isOfPerson({ relations, profile }: OtherProfile, { email }: WorkosFacts): boolean {
  if (!profile || !relations.includes('linked')) return false;
  return profile.countsAsVerified && isSameAddress(profile.email, email);
}

function unknownAtBoth(facts: ExplainedFacts): InShort {
  const noted = facts.ledger.known ? facts.ledger.value : null;
  return {
    situation: 'unknown_at_both',
    needsAction: true,
    canSignIn: 'no',
    answer: 'No. Neither Cognito nor WorkOS has this person.',
    problem:
      facts.sub === null
        ? 'A person whose account was deleted is not found by the address any more, only by the sub.'
        : noted === null
          ? 'The sync has never seen this sub either.'
          : `The sync knew them (last seen on ${toDay(noted.observedAt)}): the account was deleted on both sides since.`,
    todo: 'Check the spelling, capital letters included, and ask the person for the address they sign in with.',
  };
}
