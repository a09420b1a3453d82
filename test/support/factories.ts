import type { Identity, ObservedUser } from '../../src/cognito/observed-user.ts';

export const POOL = 'eu-central-1_Pool00001';

/** A fixed moment, `seconds` after the tests' beginning of time. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
}

/** Ada, a native user with a verified email, unless told otherwise. */
export function observedUser(partial: Partial<ObservedUser> = {}): ObservedUser {
  return {
    userPoolId: POOL,
    sub: 'aaaaaaaa-0000-4000-8000-000000000001',
    username: 'ada',
    email: 'ada@example.com',
    emailVerified: true,
    givenName: 'Ada',
    familyName: 'Lovelace',
    status: 'CONFIRMED',
    identities: [],
    observedAt: at(0),
    ...partial,
  };
}

export function googleIdentity(partial: Partial<Identity> = {}): Identity {
  return {
    providerName: 'Google',
    providerType: 'Google',
    userId: '1122334455',
    primary: true,
    ...partial,
  };
}

/** The same Ada through Google: another Cognito profile with the same email. */
export function federatedUser(partial: Partial<ObservedUser> = {}): ObservedUser {
  return observedUser({
    sub: 'bbbbbbbb-0000-4000-8000-000000000002',
    username: 'Google_1122334455',
    status: 'EXTERNAL_PROVIDER',
    identities: [googleIdentity()],
    givenName: 'Augusta',
    familyName: 'King',
    ...partial,
  });
}

/** A trigger event as Cognito sends it (developer guide, Lambda trigger event). */
export function triggerEvent(partial: {
  triggerSource?: string;
  userName?: string;
  userAttributes?: Record<string, unknown>;
  request?: Record<string, unknown>;
}) {
  return {
    version: '1',
    region: 'eu-central-1',
    userPoolId: POOL,
    userName: partial.userName ?? 'ada',
    callerContext: { awsSdkVersion: 'aws-sdk-js-3', clientId: 'client-1' },
    triggerSource: partial.triggerSource ?? 'PreAuthentication_Authentication',
    request: {
      userAttributes: {
        sub: 'aaaaaaaa-0000-4000-8000-000000000001',
        'cognito:user_status': 'CONFIRMED',
        email: 'ada@example.com',
        email_verified: 'true',
        given_name: 'Ada',
        family_name: 'Lovelace',
        phone_number: '+491234567',
        'custom:plan': 'gold',
        ...partial.userAttributes,
      },
      validationData: { captcha: 'validation-secret' },
      clientMetadata: { campaign: 'client-secret' },
      ...partial.request,
    },
    response: {},
  };
}
