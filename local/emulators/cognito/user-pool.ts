import {
  type CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { TriggerName } from './triggers.ts';

/** An empty user pool where people sign in with an address or a phone number, and its app client. */
export async function createUserPool(
  client: CognitoIdentityProviderClient,
  region: string,
  triggers: Record<TriggerName, string>,
): Promise<{ userPoolId: string; clientId: string }> {
  const arnOf = (name: string) =>
    `arn:aws:lambda:${region}:000000000000:function:cognito-workos-sync-local-${name}`;
  const { UserPool } = await client.send(
    new CreateUserPoolCommand({
      PoolName: 'local-run',
      UsernameAttributes: ['email', 'phone_number'],
      AutoVerifiedAttributes: ['email'],
      LambdaConfig: {
        PostConfirmation: arnOf(triggers.PostConfirmation),
        PreAuthentication: arnOf(triggers.PreAuthentication),
        PostAuthentication: arnOf(triggers.PostAuthentication),
      },
    }),
  );
  const userPoolId = UserPool?.Id ?? '';
  const { UserPoolClient } = await client.send(
    new CreateUserPoolClientCommand({ UserPoolId: userPoolId, ClientName: 'local-run' }),
  );
  return { userPoolId, clientId: UserPoolClient?.ClientId ?? '' };
}
