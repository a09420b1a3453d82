import type { InShort } from './answer.ts';
import { toAnswer } from './answer-parts.ts';
import { toDay } from './day.ts';
import type { ExplainedFacts, WorkosFacts } from './explanation.ts';
import { whoAtWorkos } from './words.ts';

/** Neither a conflict nor a profile: what WorkOS, or the ledger, has of a sub or an address. */
export function withoutProfile(facts: ExplainedFacts): InShort {
  const user = facts.workos.known ? (facts.workos.value.own ?? facts.workos.value.byEmail) : null;
  if (!user) return unknownAtBoth(facts);
  if (facts.goneForecast) return gone(facts, user);
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

function signInOf({ lastSignInAt }: WorkosFacts): string {
  return lastSignInAt === undefined
    ? 'It was never used for a sign-in at WorkOS.'
    : `The person has signed in at WorkOS, last on ${toDay(lastSignInAt)}.`;
}

function gone(facts: ExplainedFacts, user: WorkosFacts): InShort {
  const base = { situation: 'gone_from_cognito' } as const;
  const account = `The WorkOS account ${user.id} of ${whoAtWorkos(user)} was made for a Cognito account that does not exist any more.`;
  const signIn = signInOf(user);
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
          ? 'The sync is set to keep such WorkOS accounts (deletions=keep).'
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
            'Check the spelling in the first line.',
            'Ask the person which other addresses it could be: that of a Google account, an older one, one at work. Look up each.',
            'If your own systems know the number of the person’s Cognito account (its “sub”), look up that with --sub: it finds deleted accounts, too.',
          ]
        : ['Check the number in the first line.', 'Look up the person’s e-mail address (--email).'],
      tell: 'We find no account for this. Which e-mail address have you used? If you never had an account, sign up at the new sign-in.',
    }),
  };
}
