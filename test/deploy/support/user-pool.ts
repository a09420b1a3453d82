import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type LambdaConfigType,
  ListUserPoolClientsCommand,
  ListUsersCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { CREATE_AWKWARD_POOL } from './awkward-settings.ts';

export type AwkwardPool = {
  id: string;
  arn: string;
  /** Every setting of the pool, triggers included; without counters and dates. */
  settings(): Promise<DescribedPool>;
  lambdaConfig(): Promise<LambdaConfigType>;
  lastModified(): Promise<Date | undefined>;
  /** As another tool does: UpdateUserPool with these triggers and every other setting unchanged. */
  setTriggers(triggers: LambdaConfigType): Promise<void>;
  /** As an administrator does, which calls no trigger. Gives the sub. */
  addUser(email: string, attributes: Record<string, string>): Promise<string>;
  /** A password of the user's own, which confirms one whom an administrator made. */
  setPassword(email: string, password: string): Promise<void>;
  emails(): Promise<string[]>;
  /** Their names. */
  appClients(): Promise<string[]>;
};

export type DescribedPool = { described: Partial<UserPoolType>; mfa: unknown };

/** Creates a pool in which every setting that an update can reset has a value. */
export async function createAwkwardPool(
  clientConfig: ConstructorParameters<typeof CognitoIdentityProviderClient>[0],
  triggers: LambdaConfigType,
): Promise<AwkwardPool> {
  const cognito = new CognitoIdentityProviderClient(clientConfig ?? {});
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({ ...CREATE_AWKWARD_POOL, LambdaConfig: triggers }),
  );
  const id = UserPool?.Id;
  const arn = UserPool?.Arn;
  if (id === undefined || arn === undefined) throw new Error('no pool was made');
  await cognito.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId: id,
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  );
  const describe = async () => {
    const answer = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: id }));
    return answer.UserPool ?? {};
  };
  return {
    id,
    arn,
    async settings() {
      const { LastModifiedDate, EstimatedNumberOfUsers, ...described } = await describe();
      const mfa = await cognito.send(new GetUserPoolMfaConfigCommand({ UserPoolId: id }));
      const { $metadata, ...rest } = mfa;
      return { described, mfa: rest };
    },
    lambdaConfig: async () => (await describe()).LambdaConfig ?? {},
    lastModified: async () => (await describe()).LastModifiedDate,
    async addUser(email, attributes) {
      const all = { email, email_verified: 'true', ...attributes };
      const { User } = await cognito.send(
        new AdminCreateUserCommand({
          UserPoolId: id,
          Username: email,
          MessageAction: 'SUPPRESS',
          TemporaryPassword: 'Correct-horse-battery-1',
          UserAttributes: Object.entries(all).map(([Name, Value]) => ({ Name, Value })),
        }),
      );
      const sub = User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value;
      if (sub === undefined) throw new Error('the new user has no sub');
      return sub;
    },
    async setPassword(email, password) {
      const user = { UserPoolId: id, Username: email, Password: password, Permanent: true };
      await cognito.send(new AdminSetUserPasswordCommand(user));
    },
    async emails() {
      const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId: id }));
      return Users.map(
        ({ Attributes = [] }) => Attributes.find(({ Name }) => Name === 'email')?.Value ?? '',
      );
    },
    async appClients() {
      const list = new ListUserPoolClientsCommand({ UserPoolId: id, MaxResults: 60 });
      const { UserPoolClients = [] } = await cognito.send(list);
      return UserPoolClients.map(({ ClientName = '' }) => ClientName);
    },
    async setTriggers(changed) {
      const { PoolName, Schema, UsernameConfiguration, UsernameAttributes, ...updatable } =
        CREATE_AWKWARD_POOL;
      await cognito.send(
        new UpdateUserPoolCommand({ ...updatable, UserPoolId: id, LambdaConfig: changed }),
      );
    },
  };
}
