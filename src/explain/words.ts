import { toDay } from './day.ts';
import type { Doubt, Explanation, ProfileFacts, WorkosFacts } from './explanation.ts';

/** "Grace Hopper <grace@example.com>": how a person is called in a sentence. */
export function who({ name, email, sub }: Pick<ProfileFacts, 'name' | 'email' | 'sub'>): string {
  if (email === undefined) return name === undefined ? `the profile ${sub}` : `${name} (${sub})`;
  return name === undefined ? email : `${name} <${email}>`;
}

/** The same of a WorkOS user. */
function whoAtWorkos({ firstName, lastName, email }: WorkosFacts): string {
  const name = [firstName, lastName].filter((part) => part !== undefined).join(' ');
  return name === '' ? email : `${name} <${email}>`;
}

/** Why an address does not count as verified, as the end of a sentence that begins with "because". */
export function doubtToText(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'no_email':
      return 'the profile has no address';
    case 'flag_missing':
      return 'Cognito has not verified it';
    case 'no_identity':
      return 'Cognito does not say through which provider this profile signs in';
    case 'provider_not_trusted':
      return `it comes from the provider ${doubt.provider}, which can assert any address and is not in TRUSTED_EMAIL_PROVIDERS`;
  }
}

/** Each profile has a password of its own, and that of the profile in the external id is carried. */
const OTHER_PASSWORD = 'with the password of the person’s other Cognito profile, not of this one';

/** How the person of a WorkOS user signs in there, as the end of a sentence. */
export function howToSignIn(
  { password, cognito }: Pick<Explanation, 'password' | 'cognito'>,
  target: WorkosFacts,
): string {
  if (target.lastSignInAt !== undefined) {
    return `as before (the last time was on ${toDay(target.lastSignInAt)})`;
  }
  const providers = [
    ...new Set([...target.providers, ...(cognito?.providers ?? []).map(({ name }) => name)]),
  ];
  const isOfOther = cognito !== null && target.externalId !== cognito.sub;
  const ways = [
    ...passwordWays(password, isOfOther),
    ...(providers.length > 0 ? [`through ${providers.join(' or ')}`] : []),
  ];
  const proof = target.emailVerified ? '' : ', after proving the address to WorkOS';
  return `${ways.join(', or ') || 'through “forgot password”'}${proof}`;
}

function passwordWays(password: Explanation['password'], isOfOther: boolean): string[] {
  switch (password.kind) {
    case 'none':
      return [];
    case 'carried':
      return [isOfOther ? OTHER_PASSWORD : 'with the password of Cognito'];
    case 'of_workos':
      return ['with the password of WorkOS'];
    case 'not_carried':
      return password.mailedAt === undefined
        ? [
            'with a new password, which the person chooses at WorkOS through “forgot password” or a reset mail (none was sent yet)',
          ]
        : [
            `with a new password, which the person chooses through the reset mail of ${toDay(password.mailedAt)}`,
          ];
  }
}

/** What a WorkOS user that has no profile is called. */
export function describeWorkosUser(user: WorkosFacts): string {
  return `${whoAtWorkos(user)} (${user.id})`;
}
