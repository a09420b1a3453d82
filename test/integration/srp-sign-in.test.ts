import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type LocalCognito, startCognito } from '../../local/emulators/cognito/cognito.ts';
import { createUserPool } from '../../local/emulators/cognito/user-pool.ts';
import { LOCAL_CREDENTIALS } from '../../local/emulators/sqs.ts';
import { existingUsers } from '../../local/existing-users.ts';
import { PASSWORD } from '../../local/people.ts';
import { signInWithSrp } from '../../src/srp/sign-in.ts';
import { readText, startLocalServer } from '../stand-ins/local-server.ts';

const NAMES = {
  PostConfirmation: 'confirmed',
  PreAuthentication: 'before',
  PostAuthentication: 'after',
};
const EMAIL = 'zoe.haddad@example.com';

type Event = { triggerSource: string; request: Record<string, unknown> };
let events: Event[];
let lambda: { endpoint: string; close(): Promise<void> };
let cognito: LocalCognito;
let client: CognitoIdentityProviderClient;
let pool: { userPoolId: string; clientId: string };

beforeAll(async () => {
  lambda = await startLocalServer(async (request, response) => {
    const text = await readText(request);
    events.push(JSON.parse(text));
    response.end(text);
  });
  cognito = await startCognito({ lambdaUrl: lambda.endpoint, functions: NAMES });
  const config = { endpoint: cognito.url, region: 'us-east-1', credentials: LOCAL_CREDENTIALS };
  client = new CognitoIdentityProviderClient(config);
  pool = await createUserPool(client, 'us-east-1', NAMES);
  await cognito.addUsers(pool.userPoolId, existingUsers());
});
beforeEach(() => {
  events = [];
});
afterAll(async () => {
  client.destroy();
  await cognito.close();
  await lambda.close();
});

const signIn = (password: string) =>
  signInWithSrp(client, {
    ...pool,
    username: EMAIL,
    password,
    clientMetadata: { workos_password: 'sealed' },
  });

it('gives a token for the password, and shows the metadata to Post-Authentication', async () => {
  expect(await signIn(PASSWORD)).toMatchObject({ kind: 'signed_in' });
  expect(events).toMatchObject([
    { triggerSource: 'PreAuthentication_Authentication' },
    {
      triggerSource: 'PostAuthentication_Authentication',
      request: { clientMetadata: { workos_password: 'sealed' } },
    },
  ]);
  expect(events[0]?.request).not.toHaveProperty('clientMetadata');
});

it('refuses another password, before Post-Authentication is called', async () => {
  await expect(signIn('another one')).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  expect(events.map(({ triggerSource }) => triggerSource)).toEqual([
    'PreAuthentication_Authentication',
  ]);
});

it('shows the metadata of InitiateAuth to no trigger after the password is checked', async () => {
  await client.send(
    new InitiateAuthCommand({
      ClientId: pool.clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: EMAIL, PASSWORD },
      ClientMetadata: { workos_password: 'sealed' },
    }),
  );
  expect(events[1]).toMatchObject({
    triggerSource: 'PostAuthentication_Authentication',
    request: { clientMetadata: {} },
  });
});

it('refuses a public value that would open every account, and an answer to no challenge', async () => {
  const AuthFlow = 'USER_SRP_AUTH';
  const start = { ClientId: pool.clientId, AuthFlow } as const;
  const AuthParameters = { USERNAME: EMAIL, SRP_A: '0' };
  await expect(
    client.send(new InitiateAuthCommand({ ...start, AuthParameters })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const answer = new RespondToAuthChallengeCommand({
    ClientId: pool.clientId,
    ChallengeName: 'PASSWORD_VERIFIER',
    ChallengeResponses: { USERNAME: EMAIL, PASSWORD_CLAIM_SECRET_BLOCK: 'AAAA' },
  });
  await expect(client.send(answer)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
});
