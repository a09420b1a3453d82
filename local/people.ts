import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminUpdateUserAttributesCommand,
  ConfirmSignUpCommand,
  DeleteUserCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { type PasswordPublicKey, sealPassword } from '../client/seal-password.js';
import { signInWithSrp } from '../src/srp/sign-in.ts';
import { CONFIRMATION_CODE } from './emulators/cognito/engine.ts';
import type { FederatedSignIn } from './emulators/cognito/federated-sign-in.ts';
import type { LocalSystem } from './local-system.ts';

/** User attributes by their names in Cognito. */
export type Attributes = Record<string, string>;

export const PASSWORD = 'Correct-horse-1';
/** Of whom an administrator made. */
export const TEMPORARY_PASSWORD = 'Temporary-1';

/** What people and administrators do to the local user pool, through Cognito's public API. */
export function createPeople(
  system: Pick<LocalSystem, 'cognito' | 'cognitoClient' | 'userPoolId' | 'clientId'>,
) {
  const { cognito, cognitoClient: client, userPoolId: UserPoolId, clientId: ClientId } = system;
  /** The access token of each who has signed in. */
  const tokens = new Map<string, string>();
  let publicKey: PasswordPublicKey | undefined;
  /** As the application does it (docs/passwords.md#amplify). */
  async function sealed(username: string): Promise<Record<string, string>> {
    if (!publicKey) return {};
    return { workos_password: await sealPassword(publicKey, { username, password: PASSWORD }) };
  }
  async function signInWithPassword(username: string): Promise<string | undefined> {
    const AuthParameters = { USERNAME: username, PASSWORD };
    const { AuthenticationResult } = await client.send(
      new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }),
    );
    return AuthenticationResult?.AccessToken;
  }
  async function signInWithSeal(username: string): Promise<string | undefined> {
    const clientMetadata = await sealed(username);
    const ids = { userPoolId: UserPoolId, clientId: ClientId };
    const signIn = { ...ids, username, password: PASSWORD, clientMetadata };
    const answer = await signInWithSrp(client, signIn);
    return answer.kind === 'signed_in' ? answer.accessToken : undefined;
  }
  return {
    /** A new release of the application: from now on it signs in with SRP, and seals each password for this key. */
    releaseWith(key: PasswordPublicKey): void {
      publicKey = key;
    },
    async signUp(email: string, attributes: Attributes): Promise<void> {
      const UserAttributes = attributeList(attributes);
      await client.send(
        new SignUpCommand({ ClientId, Username: email, Password: PASSWORD, UserAttributes }),
      );
    },
    async confirm(email: string): Promise<void> {
      const ConfirmationCode = CONFIRMATION_CODE;
      const ClientMetadata = await sealed(email);
      await client.send(
        new ConfirmSignUpCommand({ ClientId, Username: email, ConfirmationCode, ClientMetadata }),
      );
    },
    /** Rejects as Cognito does, for one who has not confirmed the address too. */
    async signIn(email: string): Promise<void> {
      const token = await (publicKey ? signInWithSeal(email) : signInWithPassword(email));
      if (token !== undefined) tokens.set(email, token);
    },
    async change(username: string, attributes: Attributes): Promise<void> {
      const UserAttributes = attributeList(attributes);
      await client.send(
        new AdminUpdateUserAttributesCommand({ UserPoolId, Username: username, UserAttributes }),
      );
    },
    /** An edit with the user's own token, who stays signed in. */
    async changeOwn(email: string, attributes: Attributes): Promise<void> {
      const UserAttributes = attributeList(attributes);
      const AccessToken = tokens.get(email);
      await client.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes }));
    },
    /** The user deletes the own account. */
    async leave(email: string): Promise<void> {
      await client.send(new DeleteUserCommand({ AccessToken: tokens.get(email) }));
    },
    async ban(Username: string): Promise<void> {
      await client.send(new AdminDisableUserCommand({ UserPoolId, Username }));
    },
    async unban(Username: string): Promise<void> {
      await client.send(new AdminEnableUserCommand({ UserPoolId, Username }));
    },
    async invite(email: string, attributes: Attributes): Promise<void> {
      await client.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username: email,
          UserAttributes: attributeList({ email, email_verified: 'true', ...attributes }),
          TemporaryPassword: TEMPORARY_PASSWORD,
          MessageAction: 'SUPPRESS',
        }),
      );
    },
    /** The first sign-in of one who was invited. */
    async acceptInvitation(email: string): Promise<void> {
      const { ChallengeName, Session } = await client.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: email, PASSWORD: TEMPORARY_PASSWORD },
        }),
      );
      await client.send(
        new RespondToAuthChallengeCommand({
          ClientId,
          ChallengeName,
          Session,
          ChallengeResponses: { USERNAME: email, NEW_PASSWORD: PASSWORD },
        }),
      );
    },
    async comeThroughGoogle(
      person: Omit<FederatedSignIn, 'userPoolId' | 'clientId' | 'providerName'>,
    ): Promise<void> {
      await cognito.federatedSignIn({
        userPoolId: UserPoolId,
        clientId: ClientId,
        providerName: 'Google',
        ...person,
      });
    },
  };
}

export type LocalPeople = ReturnType<typeof createPeople>;

function attributeList(attributes: Attributes): { Name: string; Value: string }[] {
  return Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
}
