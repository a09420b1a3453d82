import { randomUUID } from 'node:crypto';
import { context, type PoolUser } from './cognito-local.ts';
import { attributeOf, type CognitoEngine, triggerAttributes, withAttributes } from './engine.ts';
import type { CallTrigger } from './triggers.ts';

/** What an identity provider says about the person who signs in. */
export type FederatedSignIn = {
  userPoolId: string;
  clientId: string;
  /** The provider's name in the pool. */
  providerName: string;
  /** Default: the name. */
  providerType?: string;
  /** The person's id at the provider. */
  userId: string;
  email?: string;
  /** Default false, as in a pool that does not map `email_verified`. */
  emailVerified?: boolean;
  givenName?: string;
  familyName?: string;
  name?: string;
};

/** What the provider says, whichever pool it says it to. */
type Claims = Omit<FederatedSignIn, 'userPoolId' | 'clientId'>;

export type FederatedUser = { username: string; sub: string; firstTime: boolean };

/**
 * Someone comes through a provider: what Cognito's hosted sign-in page would do, which cognito-local
 * has not. The profile is made at the first time and brought up to date at each later one; triggers
 * as in AWS's developer guide, "Lambda triggers for federated users".
 */
export function createFederatedSignIn({ cognito }: CognitoEngine, callTrigger: CallTrigger) {
  return async (person: FederatedSignIn): Promise<FederatedUser> => {
    const { userPoolId, clientId, providerName, userId } = person;
    const pool = await cognito.getUserPool(context, userPoolId);
    const username = `${providerName}_${userId}`;
    const known = await pool.getUserByUsername(context, username);
    const now = new Date();
    const profile = known
      ? withAttributes(known, mapped(person))
      : createFederatedProfile(person, randomUUID(), now);
    const user = { ...profile, UserLastModifiedDate: now };
    await pool.saveUser(context, user);

    const common = { userPoolId, clientId, userName: username };
    const userAttributes = triggerAttributes(user);
    await (known
      ? callTrigger({
          ...common,
          trigger: 'PreAuthentication',
          triggerSource: 'PreAuthentication_Authentication',
          request: { userAttributes, validationData: {} },
        })
      : callTrigger({
          ...common,
          trigger: 'PostConfirmation',
          triggerSource: 'PostConfirmation_ConfirmSignUp',
          request: { userAttributes },
        }));
    return { username, sub: attributeOf(user, 'sub') ?? '', firstTime: known === null };
  };
}

/** The profile of a user who comes through a provider for the first time. */
export function createFederatedProfile(person: Claims, sub: string, now: Date): PoolUser {
  const { providerName, providerType = providerName, userId } = person;
  const identity = {
    userId,
    providerName,
    providerType,
    issuer: null,
    primary: true,
    dateCreated: now.getTime(),
  };
  return {
    Username: `${providerName}_${userId}`,
    UserStatus: 'EXTERNAL_PROVIDER',
    Enabled: true,
    Attributes: [
      { Name: 'sub', Value: sub },
      { Name: 'identities', Value: JSON.stringify([identity]) },
      ...mapped(person),
    ],
    UserCreateDate: now,
    UserLastModifiedDate: now,
    // No password opens it.
    Password: randomUUID(),
    RefreshTokens: [],
  };
}

function mapped(person: Claims): { Name: string; Value: string }[] {
  const { email, emailVerified = false, givenName, familyName, name } = person;
  const values = {
    email,
    email_verified: String(emailVerified),
    given_name: givenName,
    family_name: familyName,
    name,
  };
  return Object.entries(values).flatMap(([Name, Value]) =>
    Value === undefined ? [] : [{ Name, Value }],
  );
}
