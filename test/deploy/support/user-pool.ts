import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type LambdaConfigType,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { AWKWARD_SETTINGS } from './awkward-settings.ts';

export type AwkwardPool = {
  id: string;
  arn: string;
  /** Everything that is set on it, its triggers too; not the counters and dates. */
  settings(): Promise<PoolSettings>;
  lambdaConfig(): Promise<LambdaConfigType>;
  lastModified(): Promise<Date | undefined>;
  /** As another tool would: every other setting is given again as it is. */
  setTriggers(triggers: LambdaConfigType): Promise<void>;
};

export type PoolSettings = { described: Partial<UserPoolType>; mfa: unknown };

/** A pool where everything is set that an update of it can lose. */
export async function createAwkwardPool(
  clientConfig: ConstructorParameters<typeof CognitoIdentityProviderClient>[0],
  triggers: LambdaConfigType,
): Promise<AwkwardPool> {
  const cognito = new CognitoIdentityProviderClient(clientConfig ?? {});
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({ ...AWKWARD_SETTINGS, LambdaConfig: triggers }),
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
    async setTriggers(changed) {
      const { PoolName, Schema, UsernameConfiguration, UsernameAttributes, ...updatable } =
        AWKWARD_SETTINGS;
      await cognito.send(
        new UpdateUserPoolCommand({ ...updatable, UserPoolId: id, LambdaConfig: changed }),
      );
    },
  };
}
