import type { Answer } from './answer.ts';
import { toAnswer } from './answer-parts.ts';
import { AGAIN, type ConflictFacts, idOf, TELL_WAIT } from './conflict-parts.ts';
import { callWorkosUser, nameAtWorkos } from './words.ts';

/**
 * The WorkOS account may be a stranger's, with a password of the stranger's. If the owner of the address proved it
 * there, that password would open the account: so the person is never asked to.
 */
export function registeredAtWorkos({ me, target }: ConflictFacts): Answer {
  const email = target?.email ?? 'this address';
  const hasSignedIn = target?.lastSignInAt !== undefined;
  return toAnswer({
    canSignIn: 'no',
    answer: 'and it may be an attack',
    account: `The address belongs to ${me}, who has proved it in Cognito.`,
    signIn: 'At the old sign-in (Cognito) as before; the sync changes nothing there.',
    problem: `Another account has the address at WorkOS already: ${callWorkosUser(target)}. The address ${email} was never proved there. A stranger may have signed up with it, with a password of the stranger’s own. So the sync joins nothing, and waiting does not help.`,
    todo: [
      'Do not ask the person to enter a code that WorkOS mails: it would prove the address for that account, and the stranger’s password would still open it.',
      hasSignedIn
        ? 'Have an operator shut the stranger out with the take-over (below): the WorkOS account, which has been used, then goes to this person with a password that no person knows.'
        : `Have an operator delete the WorkOS account ${idOf(target)} in the WorkOS dashboard. That is safe whoever made it: it was never used for a sign-in.`,
      `Then ask the person to sign in at the old sign-in: the sync ${hasSignedIn ? 'keeps the account up to date' : 'makes a new WorkOS account'}. ${AGAIN}.`,
    ],
    tell: `Your account is safe. If you get a code by e-mail for the new sign-in, do not enter it anywhere. Use the old sign-in until we come back to you.`,
    operator: ['take_over'],
  });
}

/** The WorkOS account with the address has an external id that this sync did not set. */
export function foreignAccount({ me, target }: ConflictFacts): Answer {
  const name = target && nameAtWorkos(target);
  const account = `${target?.externalId ?? 'unknown'}${name ? `, “${name}”` : ''}`;
  const isOfPool = target?.pool !== undefined;
  return toAnswer({
    canSignIn: 'no',
    answer: 'not with the account of Cognito',
    account: `${me} has a Cognito account. WorkOS has another account with this address, which ${isOfPool ? `belongs to another user pool, ${target?.pool}` : 'your own systems have made'} (${account}).`,
    signIn: `At WorkOS, this address opens that other account (${idOf(target)}), to a person who has its password or proves the address. At the old sign-in (Cognito) as before.`,
    problem: `${isOfPool ? 'It is another pool’s' : 'Its number (external id) was set by your own systems'}, so the sync leaves it alone, and the two are not joined.`,
    todo: [
      `Ask the owner of the system that knows ${target?.externalId ?? 'that number'} whether it is the same customer.`,
      `The same: have that owner agree that the number ${target?.externalId ?? ''} is taken off the WorkOS account and that their system finds the account by ${idOf(target)} from then on. Then an operator empties the external id of that WorkOS account. At the next sign-in at Cognito the sync joins the two. ${target?.emailVerified === false ? 'But the address is not proved at WorkOS: first run this command again, which then says how to do that safely. ' : ''}${AGAIN}.`,
      'Not the same: one of the two has a wrong address. Have it changed there: in the system that made the WorkOS account, and at WorkOS, or in Cognito. The sync then goes on by itself.',
      'Not sure: change nothing. Two customers in one account would see each other’s data.',
    ],
    tell: TELL_WAIT,
  });
}
