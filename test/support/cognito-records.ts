import type { ObservedUser } from '../../src/cognito/observed-user.ts';
import { cognitoUser, type StrictCognito, type StrictCognitoUser } from './strict-cognito.ts';

/** An observed user as the pool would list it; its username is its sub. */
export function observedToRecord(user: ObservedUser): StrictCognitoUser {
  const { email, emailVerified, givenName, familyName, name, identities, status, enabled } = user;
  const attributes = {
    sub: user.sub,
    ...(email !== undefined && { email }),
    email_verified: String(emailVerified),
    ...(givenName !== undefined && { given_name: givenName }),
    ...(familyName !== undefined && { family_name: familyName }),
    ...(name !== undefined && { name }),
    ...(identities.length > 0 && { identities: JSON.stringify(identities) }),
  };
  return cognitoUser(attributes, {
    UserStatus: status ?? 'CONFIRMED',
    Enabled: enabled ?? true,
    UserLastModifiedDate: Date.parse(user.observedAt) / 1000,
  });
}

/** Makes the pool show a user as it was observed, in place of what it showed before. */
export function showInPool({ control }: StrictCognito, user: ObservedUser): void {
  forgetInPool({ control }, user.sub);
  control.put(observedToRecord(user));
}

/** The user is deleted in Cognito, if it is there. */
export function forgetInPool({ control }: Pick<StrictCognito, 'control'>, sub: string): void {
  if (control.has(sub)) control.remove(sub);
}
