import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describePool } from '../../src/readiness/pool-facts.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';

const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:';
const ours = (name: string, stage = 'dev') => `${FUNCTION}cognito-workos-sync-${stage}-${name}`;
const THEIRS = `${FUNCTION}welcome-mail`;
const BOTH = {
  PostConfirmation: ours('postConfirmation'),
  PreAuthentication: ours('preAuthentication'),
};

let cognito: StrictCognito;
let client: CognitoIdentityProviderClient;

beforeAll(async () => {
  cognito = await startStrictCognito();
  client = new CognitoIdentityProviderClient({
    endpoint: cognito.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  client.destroy();
  await cognito.close();
});

/** Trigger → attached, as the readiness page shows it. */
async function attached(LambdaConfig: Record<string, string>, stage?: string) {
  cognito.control.pool.settings = { LambdaConfig };
  const { signal } = new AbortController();
  const facts = await describePool(client, cognito.userPoolId, signal, stage);
  if (!facts.known) throw new Error(facts.why);
  return Object.fromEntries(facts.value.triggers.map((each) => [each.trigger, each.attached]));
}

describe('the triggers on the readiness page', () => {
  it('are attached where the pool calls the functions of one stage', async () => {
    expect(await attached(BOTH)).toEqual({ PostConfirmation: true, PreAuthentication: true });
  });

  it('are not attached where they are empty or call another function', async () => {
    expect(await attached({ PreAuthentication: THEIRS })).toEqual({
      PostConfirmation: false,
      PreAuthentication: false,
    });
  });

  it('are not attached where they call each a different stage', async () => {
    const mixed = { ...BOTH, PreAuthentication: ours('preAuthentication', 'prod') };
    expect(await attached(mixed)).toEqual({ PostConfirmation: false, PreAuthentication: false });
    expect(await attached(mixed, 'prod')).toEqual({
      PostConfirmation: false,
      PreAuthentication: true,
    });
  });

  it('are not attached where they call another stage than the one that is meant', async () => {
    expect(await attached(BOTH, 'prod')).toEqual({
      PostConfirmation: false,
      PreAuthentication: false,
    });
  });

  it('include Post-Authentication where this service is attached there, and not otherwise', async () => {
    const observed = { ...BOTH, PostAuthentication: ours('postAuthentication') };
    expect(await attached(observed)).toMatchObject({ PostAuthentication: true });
    const ofProd = { ...BOTH, PostAuthentication: ours('postAuthentication', 'prod') };
    expect(await attached(ofProd, 'dev')).toMatchObject({ PostAuthentication: false });
    expect(await attached({ ...BOTH, PostAuthentication: THEIRS })).not.toHaveProperty(
      'PostAuthentication',
    );
  });
});
