import { CONFLICT_ADVICE } from '../mirror/decide/conflicts.ts';
import { isSameAddress } from '../user/address.ts';
import type { InShort } from './answer.ts';
import { describeOther, toAnswer } from './answer-parts.ts';
import { toDay } from './day.ts';
import type { ExplainedFacts, OtherProfile, WorkosFacts } from './explanation.ts';
import { whoAtWorkos } from './words.ts';

/** Neither a conflict nor a profile: what WorkOS, or the ledger, has of a sub or an address. */
export function withoutProfile(facts: ExplainedFacts): InShort {
  const { own, byEmail, noted } = facts.workos.known ? facts.workos.value : {};
  const user = own ?? byEmail;
  if (!user) return noted ? goneFromPerson(facts, noted) : unknownAtBoth(facts);
  if (facts.goneForecast) return gone(facts, user);
  if (user.ours) return withoutExternalId(user);
  return {
    situation: 'in_workos_only',
    needsAction: false,
    ...toAnswer({
      canSignIn: 'yes',
      answer: 'but there is no such account in Cognito',
      account: `${whoAtWorkos(user)} exists at WorkOS alone (${user.id}). ${
        user.pool === undefined
          ? 'The sync did not make this WorkOS account and never touches it.'
          : `It belongs to another user pool (${user.pool}).`
      }`,
      signIn: signInOf(user),
      tell: `Sign in at the new sign-in with ${user.email}. If you do not know the password, choose “forgot password” there.`,
    }),
  };
}

/** With our tag of this pool: the sync made it. */
function withoutExternalId(user: WorkosFacts): InShort {
  return {
    situation: 'in_workos_only',
    needsAction: true,
    ...toAnswer({
      canSignIn: 'yes',
      answer: 'but there is no such account in Cognito',
      account: `${whoAtWorkos(user)} exists at WorkOS alone (${user.id}).`,
      signIn: signInOf(user),
      problem:
        'The sync of this user pool made it for a Cognito account, but its external id was emptied by another way than the sync, so that it is not known whose account it is.',
      todo: [
        'An operator finds the Cognito account of this person, which may be deleted, or have another address, and sets the external id of that WorkOS account to its sub.',
      ],
      tell: `Sign in at the new sign-in with ${user.email}.`,
    }),
  };
}

/** The ledger knows to which WorkOS user the profile was brought; that user was not made for it. */
function goneFromPerson({ sub, others, ledger }: ExplainedFacts, user: WorkosFacts): InShort {
  const holder = others.find((each) => each.sub === user.externalId);
  const isSecondary = ledger.known && ledger.value?.isSecondary === true;
  return {
    situation: 'gone_from_cognito',
    needsAction: false,
    ...toAnswer({
      canSignIn: 'yes',
      answer: 'though not with this Cognito account, which is gone',
      account: `The Cognito account ${sub ?? ''} does not exist any more. The WorkOS account to which the sync had brought it is still there: ${whoAtWorkos(user)} (${user.id}).`,
      signIn: signInOf(user),
      problem: holder
        ? `It is the account of ${isSecondary ? 'the same person’s' : 'another'} Cognito account: ${describeOther(holder)}.`
        : '',
      todo: [
        'Nothing for you to do. Do not have that WorkOS account deleted because of this Cognito account. If the person cannot sign in, look up the Cognito account that they have now.',
      ],
      tell: 'Sign in at the new sign-in with the account that you have now.',
    }),
  };
}

/** A further profile, as long as it has the same proved address. */
function isOfPerson({ relations, profile }: OtherProfile, { email }: WorkosFacts): boolean {
  if (!profile || !relations.includes('linked')) return false;
  return profile.countsAsVerified && isSameAddress(profile.email, email);
}

function signInOf({ lastSignInAt }: WorkosFacts): string {
  return lastSignInAt === undefined
    ? 'It was never used for a sign-in at WorkOS.'
    : `The person has signed in at WorkOS, last on ${toDay(lastSignInAt)}.`;
}

function gone(facts: ExplainedFacts, user: WorkosFacts): InShort {
  const base = { situation: 'gone_from_cognito' } as const;
  const account = `The WorkOS account ${user.id} of ${whoAtWorkos(user)} was made for a Cognito account that does not exist any more.`;
  const signIn = signInOf(user);
  const living = facts.others.find((each) => isOfPerson(each, user));
  if (living) {
    return {
      ...base,
      needsAction: true,
      ...toAnswer({
        canSignIn: 'yes',
        account,
        signIn,
        problem: `Another Cognito account of the same person lives on: ${describeOther(living)}.`,
        todo: [CONFLICT_ADVICE.primary_gone.todo],
        tell: 'You can go on signing in at the new sign-in.',
      }),
    };
  }
  if (user.lastSignInAt !== undefined) {
    return {
      ...base,
      needsAction: false,
      ...toAnswer({
        canSignIn: 'yes',
        answer: 'as before',
        account: `${account} The person has signed in at WorkOS, so the account there is theirs and stays.`,
        signIn,
        todo: [
          'Nothing for you to do, unless the account was to be deleted everywhere: then have the WorkOS account deleted, too.',
        ],
        tell: `Sign in at the new sign-in with ${user.email}, as you did before.`,
      }),
    };
  }
  const outcome = facts.goneForecast?.known ? facts.goneForecast.value.outcome : undefined;
  const conflict = outcome?.outcome === 'conflict' ? outcome.reason : undefined;
  return {
    ...base,
    needsAction: true,
    ...toAnswer({
      canSignIn: 'yes',
      answer: 'though the account was deleted in Cognito',
      account,
      signIn,
      problem:
        facts.deletions === 'keep'
          ? 'The sync keeps such WorkOS accounts (deletions=keep, by the settings that this command has).'
          : conflict === undefined
            ? 'The sync is set to delete such WorkOS accounts (deletions=delete), unless those of today are used up; it has not been told of this one yet.'
            : `The sync does not delete it by itself (${conflict}).`,
      todo: [
        'Find out whether the person is to have an account.',
        `If not, have an operator delete the WorkOS account ${user.id} in the WorkOS dashboard: that touches this person alone.`,
        'If so, there is nothing to do: the account stays at WorkOS.',
      ],
      tell: 'Your old account was deleted. We are looking into it.',
      operator: ['delete_extra'],
    }),
  };
}

function unknownAtBoth(facts: ExplainedFacts): InShort {
  const noted = facts.ledger.known ? facts.ledger.value : null;
  const isByEmail = facts.sub === null;
  return {
    situation: 'unknown_at_both',
    needsAction: true,
    ...toAnswer({
      canSignIn: 'no',
      answer: isByEmail
        ? 'no account with this e-mail address was found'
        : 'this account was not found',
      account: 'Neither Cognito nor WorkOS has it.',
      problem: isByEmail
        ? 'Either the person uses another address, or the account was deleted. A deleted account cannot be found by its address.'
        : noted === null
          ? 'The sync has never seen this number (sub) either.'
          : `The sync knew the account (last seen on ${toDay(noted.observedAt)}): it was deleted on both sides since.`,
      todo: isByEmail
        ? [
            'Check the spelling in the first line, capital letters included.',
            'Ask the person which other addresses it could be: that of a Google account, an older one, one at work. Look up each.',
            'If your own systems know the number of the person’s Cognito account (its “sub”), look up that with --sub: it finds deleted accounts, too.',
          ]
        : ['Check the number in the first line.', 'Look up the person’s e-mail address (--email).'],
      tell: 'We find no account for this. Which e-mail address have you used? If you never had an account, sign up at the new sign-in.',
    }),
  };
}
