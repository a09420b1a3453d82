import { CONFLICT_ADVICE } from '../mirror/decide/conflicts.ts';
import type { Answer } from './answer.ts';
import { toAnswer } from './answer-parts.ts';
import { AGAIN, type ConflictFacts, holderOf, idOf, TELL_WAIT } from './conflict-parts.ts';
import type { Doubt } from './explanation.ts';
import { signInAnswer } from './sign-in-words.ts';
import { doubtToText } from './words.ts';

/** An address that does not count as verified for the profile. */
export function unverifiedEmail(conflict: ConflictFacts): Answer {
  switch (conflict.facts.rule?.name) {
    case 'own_moves_to_unverified':
      return movesUnverified(conflict);
    case 'own_proved_in_workos_alone':
      return provedInWorkos(conflict);
    default:
      return claimsAddress(conflict);
  }
}

/** A profile with an address that it has not proved, which a WorkOS user has. */
function claimsAddress({ facts, me, target }: ConflictFacts): Answer {
  const doubt = facts.cognito?.doubt;
  const holder = holderOf(facts, target);
  const owner = holder
    ? `It is the account of another Cognito account, ${holder}.`
    : 'It is not known to be this person’s.';
  return toAnswer({
    canSignIn: 'no',
    answer: 'not with this Cognito account',
    account: `${me} gives an e-mail address that does not count as proved${doubt ? `, because ${doubtToText(doubt)}` : ''}.`,
    problem: `WorkOS has an account with this address (${idOf(target)}). ${owner} The sync gives it to no Cognito account that has not proved the address.`,
    todo: [
      'Find out whether the person behind this Cognito account owns the address: it may be another person’s, or a typing error. If they do not own it, there is nothing to do: the WorkOS account is safe.',
      `If they do own it, ${toProve(doubt)}. ${AGAIN}, and joins the two.`,
    ],
    tell:
      doubt?.kind === 'provider_not_trusted'
        ? TELL_WAIT
        : 'Is this e-mail address yours? Then prove it at the old sign-in first (the code that Cognito sends).',
  });
}

function movesUnverified({ facts, me, target }: ConflictFacts): Answer {
  return toAnswer({
    ...(target && signInAnswer(facts, target)),
    canSignIn: 'yes',
    answer: `but with the former address ${target?.email ?? ''}`,
    account: `${me} has the WorkOS account ${idOf(target)}, with the former address ${target?.email ?? ''}.`,
    problem: `In Cognito, ${me} has a new address that does not count as proved, so WorkOS keeps the former one.`,
    todo: [CONFLICT_ADVICE.unverified_email.todo],
    tell: `Sign in at the new sign-in with your former address ${target?.email ?? ''}.`,
  });
}

function provedInWorkos({ facts, me, target }: ConflictFacts): Answer {
  return toAnswer({
    canSignIn: 'unknown',
    answer: 'the account may be another person’s',
    account: `The WorkOS account ${idOf(target)} was made for ${me}, whose address Cognito never verified.`,
    problem:
      'A person has proved the address to WorkOS since, and that may be another person: the real owner of the address.',
    todo: [
      'Find out whether the person behind this Cognito account owns the address.',
      `If they do, ${toProve(facts.cognito?.doubt)}. ${AGAIN}, and settles it.`,
      'If not, delete or disable this Cognito account.',
    ],
    tell: 'Is this e-mail address yours? Then prove it at the old sign-in (the code that Cognito sends).',
  });
}

/** What makes the address count as verified; the flag alone does not, where a provider can assert any address. */
function toProve(doubt: Doubt | undefined): string {
  if (doubt?.kind !== 'provider_not_trusted') return 'have the address verified in Cognito';
  return `verifying it in Cognito is not enough: an operator names ${doubt.provider} in TRUSTED_EMAIL_PROVIDERS, if you trust every address that it asserts (or for its own domains alone)`;
}
