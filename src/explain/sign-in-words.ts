import { isSameAddress } from '../user/address.ts';
import type { Answer } from './answer.ts';
import { toDay } from './day.ts';
import type { Explanation, WorkosFacts } from './explanation.ts';
import { nameAtWorkos, whoAtWorkos } from './words.ts';

type SignInFacts = Pick<Explanation, 'password' | 'cognito'>;

/** How the person of a WorkOS account signs in there: the parts of the answer that say so. */
export function signInAnswer(
  facts: SignInFacts,
  target: WorkosFacts,
): Pick<Answer, 'answer' | 'signIn' | 'tell' | 'operator'> {
  if (target.lastSignInAt !== undefined) return signsInAlready(facts, target);
  const { password } = facts;
  const providers = providersOf(facts, target);
  const ways = [
    ...(password.kind === 'not_carried' ? ['with a new password'] : []),
    ...(password.kind === 'carried'
      ? [isOfOther(facts, target) ? OTHER_PASSWORD : 'with the password of Cognito']
      : []),
    ...(password.kind === 'of_workos' ? ['with the password of WorkOS'] : []),
    ...(providers.length > 0 ? [`through ${providers.join(' or ')}`] : []),
  ];
  const way = ways.join(', or ') || 'through “forgot password”';
  const proof = proofOf(target);
  return {
    answer: `${way}${proof.answer}`,
    signIn: joinSentences(
      passwordText(facts, target),
      providers.length > 0
        ? `Through ${providers.join(' or ')}${password.kind === 'none' ? '' : ', too'}: as at the old sign-in, if WorkOS has it switched on.`
        : '',
      proof.signIn,
    ),
    tell: joinSentences(passwordTell(facts, target, providers), proof.tell),
    operator: operatorOf(password),
  };
}

/** Sentences that are there, with a space between them. */
export function joinSentences(...sentences: string[]): string {
  return sentences.filter((each) => each !== '').join(' ');
}

function signsInAlready(
  { cognito, password }: SignInFacts,
  target: WorkosFacts,
): ReturnType<typeof signInAnswer> {
  const providers = providersOf({ cognito }, target);
  const hasPassword = password.kind !== 'none';
  const which = target.passwordCarried
    ? 'With a password: that of Cognito, unless the person has changed it at WorkOS since.'
    : 'With a password: the one that the person has chosen at WorkOS, not that of Cognito.';
  return {
    answer: 'as before',
    signIn: joinSentences(
      `The person has signed in at WorkOS, last on ${toDay(target.lastSignInAt ?? '')}.`,
      hasPassword ? `${which} If it is forgotten: “forgot password” at WorkOS.` : '',
      providers.length > 0
        ? `Through ${providers.join(' or ')}${hasPassword ? ', too' : ''}: as before.`
        : '',
    ),
    tell: joinSentences(
      `Sign in at the new sign-in with ${target.email}, as you did before.`,
      hasPassword ? 'If you do not know your password, choose “forgot password” there.' : '',
    ),
    operator: [],
  };
}

function providersOf({ cognito }: Pick<SignInFacts, 'cognito'>, target: WorkosFacts): string[] {
  return [...new Set([...target.providers, ...(cognito?.providers ?? []).map(({ name }) => name)])];
}

/** An address that WorkOS has not verified. */
function proofOf(target: WorkosFacts): { answer: string; signIn: string; tell: string } {
  if (target.emailVerified) return { answer: '', signIn: '', tell: '' };
  return {
    answer: ', after proving the e-mail address there',
    signIn: `The e-mail address is not proved yet: at the first sign-in, WorkOS mails a code to ${target.email}, and asks for it.`,
    tell: `At your first sign-in there, you get a code by e-mail to ${target.email}: enter it on the page that asks for it. Without that code the new sign-in does not let you in.`,
  };
}

/** Made by an administrator, and the person has never chosen a password. */
function hasTemporaryPassword({ cognito }: SignInFacts): boolean {
  return cognito?.status === 'FORCE_CHANGE_PASSWORD';
}

/** Each profile has a password of its own, and that of the profile in the external id is carried. */
const OTHER_PASSWORD = 'with the password of the person’s other Cognito account, not of this one';

function isOfOther({ cognito }: SignInFacts, target: WorkosFacts): boolean {
  return cognito !== null && target.externalId !== cognito.sub;
}

function passwordText(facts: SignInFacts, target: WorkosFacts): string {
  const { password } = facts;
  switch (password.kind) {
    case 'none':
      return '';
    case 'carried':
      return isOfOther(facts, target)
        ? 'With the password of the person’s other Cognito account, which was carried over, not that of this one. If it is forgotten: “forgot password” at WorkOS.'
        : 'With the password of Cognito, which was carried over. If it is forgotten: “forgot password” at WorkOS.';
    case 'of_workos':
      return 'With the password of WorkOS. If it is forgotten: “forgot password” at WorkOS.';
    case 'not_carried': {
      const old = hasTemporaryPassword(facts)
        ? 'An administrator made this account, and the person has never chosen a password. The temporary password does not work at WorkOS: the person chooses one there'
        : 'The old password does not work at WorkOS: the person chooses a new one there';
      return password.mailedAt === undefined
        ? `${old}, through “forgot password”. No reset mail was sent to this person yet.`
        : `${old}, through “forgot password”, or the reset mail of ${toDay(password.mailedAt)} if its link still works.`;
    }
  }
}

function passwordTell(
  facts: SignInFacts,
  target: WorkosFacts,
  providers: readonly string[],
): string {
  const { password } = facts;
  const through = providers.length > 0 ? `choose ${providers.join(' or ')}` : '';
  switch (password.kind) {
    case 'none':
      return through === ''
        ? 'At the new sign-in, choose “forgot password” and set a password.'
        : `At the new sign-in, ${through}, as before. If you do not see it there, choose “forgot password” and set a password.`;
    case 'carried':
    case 'of_workos':
      return joinSentences(
        password.kind === 'carried'
          ? `Use your old password${isOfOther(facts, target) ? ', that of your other account,' : ''} at the new sign-in.`
          : 'Use the password that you chose at the new sign-in.',
        'If you do not know it, choose “forgot password” there.',
        through === '' ? '' : `Or ${through}.`,
      );
    case 'not_carried':
      return joinSentences(
        `Your ${hasTemporaryPassword(facts) ? 'temporary' : 'old'} password does not work at the new sign-in. Choose “forgot password” there, and set a new one.`,
        through === '' ? '' : `Or ${through}, as before.`,
      );
  }
}

function operatorOf(password: Explanation['password']): Answer['operator'] {
  if (password.kind !== 'not_carried') return [];
  if (password.mail === 'would_be_sent') return ['mail'];
  return password.mail === 'mailed_before' ? ['mail_again'] : [];
}

/** "Name and e-mail address are the same on both sides.", or what each side has. */
export function sidesText({ cognito }: Pick<SignInFacts, 'cognito'>, target: WorkosFacts): string {
  const ofCognito = cognito?.name ?? '';
  const isSame = isSameAddress(cognito?.email, target.email) && nameAtWorkos(target) === ofCognito;
  if (isSame) return 'Name and e-mail address are the same on both sides.';
  return `WorkOS has ${whoAtWorkos(target)}; Cognito has ${ofCognito || 'no name'} <${cognito?.email ?? 'no e-mail address'}>.`;
}
