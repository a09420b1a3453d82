import type { InShort } from './answer.ts';
import { toDay } from './day.ts';
import type { ExplainedFacts, WorkosFacts } from './explanation.ts';
import { describeWorkosUser } from './words.ts';

/** Neither a conflict nor a profile: what WorkOS, or the ledger, has of a sub or an address. */
export function withoutProfile(facts: ExplainedFacts): InShort {
  const user = facts.workos.known ? (facts.workos.value.own ?? facts.workos.value.byEmail) : null;
  if (!user) return unknownAtBoth(facts);
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

function gone(facts: ExplainedFacts, user: WorkosFacts): InShort {
  const base = { situation: 'gone_from_cognito', canSignIn: 'yes' } as const;
  const left = `${describeWorkosUser(user)} was made for a Cognito profile (sub ${facts.sub ?? ''}) that does not exist any more.`;
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
        ? 'The sync is set to keep such users (deletions=keep).'
        : conflict === undefined
          ? 'The sync is set to delete such users (deletions=delete), unless those of today are used up; it has not been told of this one yet.'
          : `The sync does not delete it by itself (${conflict}).`,
    todo: 'If the person is to have no account any more, delete the WorkOS user, or have an operator run npx cws verify --fix --delete-extra, which lists all of them first.',
  };
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
    todo: 'Check the spelling, and ask the person for the address they sign in with.',
  };
}
