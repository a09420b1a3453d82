import { createHmac } from 'node:crypto';
import {
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { claimSignature, clientKey, clientPublicValue, secretExponent } from './arithmetic.ts';

type SrpSignIn = {
  userPoolId: string;
  clientId: string;
  /** Of an app client that has one. */
  clientSecret?: string;
  username: string;
  password: string;
  clientMetadata: Record<string, string>;
};

/** What Cognito answers to the right password: tokens, or what it asks for beside it, like `MFA_SETUP`. */
export type SrpAnswer =
  | { kind: 'signed_in'; accessToken: string }
  | { kind: 'challenge'; challenge: string };

/**
 * Signs in with USER_SRP_AUTH, as Amplify does: the same metadata with both requests
 * (docs/facts.md#cognito-clientmetadata).
 *
 * @throws the error of the AWS SDK: NotAuthorizedException for a wrong password.
 */
export async function signInWithSrp(
  client: Pick<CognitoIdentityProviderClient, 'send'>,
  { userPoolId, clientId, clientSecret, username, password, clientMetadata }: SrpSignIn,
): Promise<SrpAnswer> {
  const secret = secretExponent();
  const srpA = clientPublicValue(secret);
  const hashOf = (name: string) =>
    clientSecret === undefined
      ? undefined
      : { SECRET_HASH: toSecretHash({ clientId, clientSecret, username: name }) };
  const { ChallengeName, ChallengeParameters = {} } = await client.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: 'USER_SRP_AUTH',
      AuthParameters: { USERNAME: username, SRP_A: srpA, ...hashOf(username) },
      ClientMetadata: clientMetadata,
    }),
  );
  if (ChallengeName !== 'PASSWORD_VERIFIER') return toChallenge(ChallengeName);
  const { USER_ID_FOR_SRP = '', SALT = '', SRP_B = '', SECRET_BLOCK = '' } = ChallengeParameters;
  const userPool = userPoolId.slice(userPoolId.indexOf('_') + 1);
  const user = { userPool, userId: USER_ID_FOR_SRP, password };
  const key = clientKey(secret, user, { srpA, srpB: SRP_B, salt: SALT });
  const claim = { secretBlock: SECRET_BLOCK, timestamp: toTimestamp(new Date()) };
  const answer = await client.send(
    new RespondToAuthChallengeCommand({
      ClientId: clientId,
      ChallengeName,
      ChallengeResponses: {
        USERNAME: USER_ID_FOR_SRP,
        PASSWORD_CLAIM_SECRET_BLOCK: claim.secretBlock,
        PASSWORD_CLAIM_SIGNATURE: claimSignature(key, user, claim),
        TIMESTAMP: claim.timestamp,
        ...hashOf(USER_ID_FOR_SRP),
      },
      ClientMetadata: clientMetadata,
    }),
  );
  const accessToken = answer.AuthenticationResult?.AccessToken;
  return accessToken === undefined
    ? toChallenge(answer.ChallengeName)
    : { kind: 'signed_in', accessToken };
}

/** What proves that a request knows the secret of its app client (docs/facts.md#cognito-app-clients). */
export function toSecretHash(parts: {
  clientId: string;
  clientSecret: string;
  username: string;
}): string {
  const { clientId, clientSecret, username } = parts;
  return createHmac('sha256', clientSecret).update(`${username}${clientId}`).digest('base64');
}

function toChallenge(name: string | undefined): SrpAnswer {
  return { kind: 'challenge', challenge: name ?? 'none' };
}

/** `Tue Sep 25 00:09:40 UTC 2018`, the day without a zero in front. */
function toTimestamp(date: Date): string {
  const [weekday = '', day, month, year, time] = date.toUTCString().split(' ');
  return `${weekday.slice(0, 3)} ${month} ${Number(day)} ${time} UTC ${year}`;
}
