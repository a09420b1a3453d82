import type { InShort } from './answer.ts';
import { holderText, toAnswer } from './answer-parts.ts';
import type { ExplainedFacts } from './explanation.ts';

/** A profile that is not mirrored at all, and why. */
export function notMirrored(facts: ExplainedFacts, me: string, reason: string): InShort {
  return besideWorkos(facts, reasonToAnswer(me, reason));
}

function reasonToAnswer(me: string, reason: string): InShort {
  const base = { situation: 'not_mirrored' } as const;
  switch (reason) {
    case 'disabled':
      return {
        ...base,
        needsAction: false,
        ...toAnswer({
          canSignIn: 'no',
          answer: 'the account is disabled',
          account: `${me} is disabled in Cognito, so the sync does not bring the account to WorkOS.`,
          todo: [
            'Nothing for you to do, unless the person is to sign in again: then have the account enabled in Cognito; it arrives by itself.',
          ],
          tell: 'This account is disabled.',
        }),
      };
    case 'unconfirmed':
      return {
        ...base,
        needsAction: false,
        ...toAnswer({
          canSignIn: 'no',
          answer: 'the sign-up was never finished',
          account: `${me} began to sign up in Cognito and never finished: the e-mail address was not confirmed. Unfinished sign-ups are not brought to WorkOS.`,
          todo: [
            'Nothing for you to do. If the person wants an account, the person must sign up at the new sign-in.',
          ],
          tell: 'Your sign-up was never finished. Please sign up at the new sign-in.',
        }),
      };
    default:
      return {
        ...base,
        needsAction: true,
        ...toAnswer({
          canSignIn: 'no',
          answer: 'the account has no e-mail address',
          account: `${me} has no e-mail address in Cognito, and WorkOS needs one.`,
          todo: ['Ask the person for an address, and have it entered and verified in Cognito.'],
          tell: 'The new sign-in needs an e-mail address. Which one is yours?',
        }),
      };
  }
}

/** A profile that is not mirrored says nothing of the WorkOS user that has its sub or its address all the same. */
function besideWorkos(facts: ExplainedFacts, found: InShort): InShort {
  const { own, byEmail } = facts.workos.known ? facts.workos.value : {};
  if (own) {
    return {
      ...found,
      needsAction: true,
      canSignIn: 'yes',
      answer: `still, though ${found.answer}`,
      problem: `WorkOS has the account ${own.id} (${own.email}) of this Cognito account.`,
    };
  }
  if (!byEmail) return found;
  return {
    ...found,
    canSignIn: facts.cognito?.countsAsVerified ? 'unknown' : 'no',
    answer: `not with this Cognito account: ${found.answer}`,
    problem: `WorkOS has the account ${byEmail.id}${holderText(facts, byEmail)} with this address: if that account is the person’s, they can sign in with it.`,
  };
}
