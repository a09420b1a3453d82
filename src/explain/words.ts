import type { Doubt, ProfileFacts, WorkosFacts } from './explanation.ts';

/** "Grace Hopper <grace@example.com>": how a person is called in a sentence. */
export function who({ name, email, sub }: Pick<ProfileFacts, 'name' | 'email' | 'sub'>): string {
  if (email === undefined) {
    return name === undefined ? `the Cognito account ${sub}` : `${name} (${sub})`;
  }
  return name === undefined ? email : `${name} <${email}>`;
}

/** The same of a WorkOS account. */
export function whoAtWorkos(user: WorkosFacts): string {
  const name = nameAtWorkos(user);
  return name === '' ? user.email : `${name} <${user.email}>`;
}

/** Its first and last name; '' where it has none. */
export function nameAtWorkos({
  firstName,
  lastName,
}: Pick<WorkosFacts, 'firstName' | 'lastName'>): string {
  return [firstName, lastName].filter((part) => part !== undefined).join(' ');
}

/** "“Eve” (user_01…)", or the id alone. */
export function callWorkosUser(user: WorkosFacts | undefined): string {
  if (!user) return 'a WorkOS account';
  const name = nameAtWorkos(user);
  return name === ''
    ? `the WorkOS account ${user.id}`
    : `the WorkOS account “${name}” (${user.id})`;
}

/** Why an address does not count as proved, as the end of a sentence that begins with "because". */
export function doubtToText(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'no_email':
      return 'the Cognito account has no e-mail address';
    case 'flag_missing':
      return 'it was never proved in Cognito';
    case 'no_identity':
      return 'Cognito does not say through which provider this account signs in';
    case 'provider_not_trusted':
      return `it comes from the provider ${doubt.provider}, which can assert any address and is not in TRUSTED_EMAIL_PROVIDERS`;
  }
}
