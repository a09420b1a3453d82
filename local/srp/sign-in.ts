import {
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { claimSignature, clientKey, clientPublicValue, secretExponent } from './arithmetic.ts';

type SrpSignIn = {
  userPoolId: string;
  clientId: string;
  username: string;
  password: string;
  clientMetadata: Record<string, string>;
};

/**
 * Signs in with USER_SRP_AUTH, as Amplify does: the same metadata with both requests
 * (docs/facts.md#cognito-clientmetadata).
 *
 * @returns the access token.
 */
export async function signInWithSrp(
  client: CognitoIdentityProviderClient,
  { userPoolId, clientId, username, password, clientMetadata }: SrpSignIn,
): Promise<string | undefined> {
  const secret = secretExponent();
  const srpA = clientPublicValue(secret);
  const { ChallengeName, ChallengeParameters = {} } = await client.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: 'USER_SRP_AUTH',
      AuthParameters: { USERNAME: username, SRP_A: srpA },
      ClientMetadata: clientMetadata,
    }),
  );
  const { USER_ID_FOR_SRP = '', SALT = '', SRP_B = '', SECRET_BLOCK = '' } = ChallengeParameters;
  const userPool = userPoolId.slice(userPoolId.indexOf('_') + 1);
  const user = { userPool, userId: USER_ID_FOR_SRP, password };
  const key = clientKey(secret, user, { srpA, srpB: SRP_B, salt: SALT });
  const claim = { secretBlock: SECRET_BLOCK, timestamp: toTimestamp(new Date()) };
  const { AuthenticationResult } = await client.send(
    new RespondToAuthChallengeCommand({
      ClientId: clientId,
      ChallengeName,
      ChallengeResponses: {
        USERNAME: USER_ID_FOR_SRP,
        PASSWORD_CLAIM_SECRET_BLOCK: claim.secretBlock,
        PASSWORD_CLAIM_SIGNATURE: claimSignature(key, user, claim),
        TIMESTAMP: claim.timestamp,
      },
      ClientMetadata: clientMetadata,
    }),
  );
  return AuthenticationResult?.AccessToken;
}

/** `Tue Sep 25 00:09:40 UTC 2018`, the day without a zero in front. */
function toTimestamp(date: Date): string {
  const [weekday = '', day, month, year, time] = date.toUTCString().split(' ');
  return `${weekday.slice(0, 3)} ${month} ${Number(day)} ${time} UTC ${year}`;
}
