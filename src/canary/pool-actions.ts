import {
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  type AttributeType,
  type CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { type SrpAnswer, signInWithSrp, toSecretHash } from '../srp/sign-in.ts';
import { type CognitoAnswer, callCognito } from './call-cognito.ts';
import type { ProfileAttributes } from './fill-attributes.ts';
import type { CanaryClient } from './mark.ts';

/** A profile as Cognito has it. */
export type CanaryProfile = {
  username: string;
  sub: string;
  email?: string;
  emailVerified: boolean;
  status: string;
  createdAt: Date;
};

type Credentials = { username: string; password: string };

/** What the canary does to profiles of the pool. `run` goes to the pool's triggers as client metadata. */
export type PoolActions = {
  signUp(
    client: CanaryClient,
    credentials: Credentials,
    attributes: ProfileAttributes,
  ): Promise<CognitoAnswer<unknown>>;
  confirm(run: string, username: string): Promise<CognitoAnswer<unknown>>;
  /** With the code that was mailed. */
  confirmWithCode(
    client: CanaryClient,
    username: string,
    code: string,
  ): Promise<CognitoAnswer<unknown>>;
  /**
   * As an administrator, without a mail, and with a password that is not a temporary one. One who has the name already
   * gets the password only with the same address.
   */
  create(
    run: string,
    credentials: Credentials,
    attributes: ProfileAttributes,
  ): Promise<CognitoAnswer<unknown>>;
  setPassword(credentials: Credentials): Promise<CognitoAnswer<unknown>>;
  update(
    run: string,
    username: string,
    attributes: ProfileAttributes,
  ): Promise<CognitoAnswer<unknown>>;
  signIn(
    client: CanaryClient,
    credentials: Credentials,
    metadata?: Record<string, string>,
  ): Promise<CognitoAnswer<SrpAnswer>>;
  /** Undefined where there is none of that name. */
  find(username: string): Promise<CognitoAnswer<CanaryProfile | undefined>>;
  delete(username: string): Promise<CognitoAnswer<unknown>>;
};

export function createPoolActions(pool: {
  client: Pick<CognitoIdentityProviderClient, 'send'>;
  userPoolId: string;
  /** See {@link callCognito}. */
  delayMs?: number;
}): PoolActions {
  const { client: cognito, userPoolId: UserPoolId, delayMs } = pool;
  const call = <T>(action: string, send: () => Promise<T>) => callCognito(action, send, delayMs);
  const setPassword: PoolActions['setPassword'] = ({ username: Username, password: Password }) => {
    const command = { UserPoolId, Username, Password, Permanent: true };
    return call('AdminSetUserPassword', () =>
      cognito.send(new AdminSetUserPasswordCommand(command)),
    );
  };
  const find: PoolActions['find'] = async (Username) => {
    const answer = await call('AdminGetUser', () =>
      cognito.send(new AdminGetUserCommand({ UserPoolId, Username })),
    );
    if (answer.kind === 'ok') return { kind: 'ok', value: toProfile(answer.value) };
    return answer.code === 'UserNotFoundException' ? { kind: 'ok', value: undefined } : answer;
  };
  return {
    signUp: (client, { username, password }, attributes) =>
      call('SignUp', () =>
        cognito.send(
          new SignUpCommand({
            ClientId: client.id,
            SecretHash: secretHash(client, username),
            Username: username,
            Password: password,
            UserAttributes: toList(attributes),
            ClientMetadata: metadataOf(client.name.run),
          }),
        ),
      ),
    confirm: (run, Username) =>
      call('AdminConfirmSignUp', () =>
        cognito.send(
          new AdminConfirmSignUpCommand({ UserPoolId, Username, ClientMetadata: metadataOf(run) }),
        ),
      ),
    confirmWithCode: (client, Username, ConfirmationCode) =>
      call('ConfirmSignUp', () =>
        cognito.send(
          new ConfirmSignUpCommand({
            ClientId: client.id,
            SecretHash: secretHash(client, Username),
            Username,
            ConfirmationCode,
            ClientMetadata: metadataOf(client.name.run),
          }),
        ),
      ),
    async create(run, credentials, attributes) {
      const created = await call('AdminCreateUser', () =>
        cognito.send(
          new AdminCreateUserCommand({
            UserPoolId,
            Username: credentials.username,
            MessageAction: 'SUPPRESS',
            TemporaryPassword: credentials.password,
            UserAttributes: toList(attributes),
            ClientMetadata: metadataOf(run),
          }),
        ),
      );
      if (created.kind === 'ok') return setPassword(credentials);
      if (created.code !== 'UsernameExistsException') return created;
      // A first answer that was lost; or another person's, whose password must not change: a phone number may be theirs.
      const found = await find(credentials.username);
      const isOwn = found.kind === 'ok' && found.value?.email?.toLowerCase() === attributes.email;
      return isOwn ? setPassword(credentials) : created;
    },
    setPassword,
    update: (run, Username, attributes) =>
      call('AdminUpdateUserAttributes', () =>
        cognito.send(
          new AdminUpdateUserAttributesCommand({
            UserPoolId,
            Username,
            UserAttributes: toList(attributes),
            ClientMetadata: metadataOf(run),
          }),
        ),
      ),
    signIn: (client, { username, password }, metadata = {}) =>
      call('InitiateAuth', () =>
        signInWithSrp(cognito, {
          userPoolId: UserPoolId,
          clientId: client.id,
          clientSecret: client.secret,
          username,
          password,
          clientMetadata: { ...metadataOf(client.name.run), ...metadata },
        }),
      ),
    find,
    async delete(Username) {
      const answer = await call('AdminDeleteUser', () =>
        cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username })),
      );
      const isGone = answer.kind === 'refused' && answer.code === 'UserNotFoundException';
      return isGone ? { kind: 'ok', value: undefined } : answer;
    },
  };
}

/** For the pool's own triggers, so that they can tell the canary from a customer. */
function metadataOf(run: string): Record<string, string> {
  return { cws_canary: run };
}

function secretHash({ id, secret }: CanaryClient, username: string): string {
  return toSecretHash({ clientId: id, clientSecret: secret, username });
}

function toList(attributes: ProfileAttributes): AttributeType[] {
  return Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
}

function toProfile(answer: {
  Username: string | undefined;
  UserAttributes?: AttributeType[] | undefined;
  UserStatus?: string | undefined;
  UserCreateDate?: Date | undefined;
}): CanaryProfile {
  const { Username = '', UserAttributes = [], UserStatus = '', UserCreateDate } = answer;
  const attribute = (name: string) => UserAttributes.find(({ Name }) => Name === name)?.Value;
  const email = attribute('email');
  return {
    username: Username,
    sub: attribute('sub') ?? '',
    emailVerified: attribute('email_verified') === 'true',
    status: UserStatus,
    createdAt: UserCreateDate ?? new Date(0),
    ...(email !== undefined && { email }),
  };
}
