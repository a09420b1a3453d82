import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  claimSignature,
  isPublicValue,
  secretExponent,
  serverKey,
  serverPublicValue,
} from '../../../src/srp/arithmetic.ts';
import { CognitoError, type PoolUser } from './cognito-local.ts';

type Challenge = {
  secret: bigint;
  srpA: string;
  srpB: string;
  salt: string;
  userPool: string;
  user: PoolUser;
};

export type SrpVerifier = {
  /** The answer to InitiateAuth with USER_SRP_AUTH, for a user of that pool. */
  challenge(userPoolId: string, user: PoolUser, srpA: unknown): Record<string, unknown>;
  /**
   * The user whose password the answer to PASSWORD_VERIFIER proves. Each challenge can be answered once.
   *
   * @throws NotAuthorizedException, as Cognito does for a wrong password.
   */
  verify(responses: Record<string, unknown>): PoolUser;
};

/** Cognito's: `Tue Sep 25 00:09:40 UTC 2018`, the day without a zero in front. */
const TIMESTAMP = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [1-9]\d? \d\d:\d\d:\d\d UTC \d{4}$/;

/**
 * USER_SRP_AUTH → PASSWORD_VERIFIER, which cognito-local has not (API reference, InitiateAuth and
 * RespondToAuthChallenge). Left out: remembered devices (DEVICE_SRP_AUTH), and users who do not exist.
 */
export function createSrpVerifier(): SrpVerifier {
  const challenges = new Map<string, Challenge>();
  return {
    challenge(userPoolId, user, srpA) {
      if (!isPublicValue(srpA)) {
        throw new CognitoError('InvalidParameterException', 'SRP_A is missing or not valid.');
      }
      const userPool = userPoolId.slice(userPoolId.indexOf('_') + 1);
      const secret = secretExponent();
      const salt = randomBytes(16).toString('hex');
      const { Username: userId, Password: password } = user;
      const srpB = serverPublicValue(secret, { userPool, userId, password }, salt);
      const secretBlock = randomBytes(64).toString('base64');
      challenges.set(secretBlock, { secret, srpA, srpB, salt, userPool, user });
      return {
        ChallengeName: 'PASSWORD_VERIFIER',
        ChallengeParameters: {
          USER_ID_FOR_SRP: userId,
          USERNAME: userId,
          SALT: salt,
          SRP_B: srpB,
          SECRET_BLOCK: secretBlock,
        },
      };
    },
    verify(responses) {
      const secretBlock = String(responses.PASSWORD_CLAIM_SECRET_BLOCK);
      const timestamp = String(responses.TIMESTAMP);
      const challenge = challenges.get(secretBlock);
      challenges.delete(secretBlock);
      const { USERNAME, PASSWORD_CLAIM_SIGNATURE } = responses;
      const isTheirs = challenge?.user.Username === USERNAME && TIMESTAMP.test(timestamp);
      if (!challenge || !isTheirs) throw refused();
      const given = Buffer.from(String(PASSWORD_CLAIM_SIGNATURE), 'base64');
      const expected = Buffer.from(signature(challenge, { secretBlock, timestamp }), 'base64');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused();
      return challenge.user;
    },
  };
}

function signature(
  { secret, userPool, user, ...exchange }: Challenge,
  claim: { secretBlock: string; timestamp: string },
): string {
  const { Username: userId, Password: password } = user;
  const known = { userPool, userId, password };
  return claimSignature(serverKey(secret, known, exchange), known, claim);
}

function refused() {
  return new CognitoError('NotAuthorizedException', 'Incorrect username or password.');
}
