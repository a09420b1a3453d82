import { inspect } from 'node:util';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIdentityProviders } from '../../src/cognito/identity-providers.ts';
import { SourceError } from '../../src/cognito/user-source.ts';
import { GOOGLE, SECRET } from '../fixtures/identity-providers.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';

let cognito: StrictCognito;
let client: CognitoIdentityProviderClient;
beforeEach(async () => {
  cognito = await startStrictCognito({ identityProviders: [GOOGLE] });
  client = new CognitoIdentityProviderClient({
    endpoint: cognito.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await cognito.close();
});

const read = (signal?: AbortSignal) =>
  readIdentityProviders({
    client,
    userPoolId: cognito.userPoolId,
    patience: { firstDelayMs: 1, longestDelayMs: 1, troubleMs: 20, firstContactMs: 20 },
    ...(signal && { signal }),
  });

describe('reading the identity providers of a pool', () => {
  it('keeps no client secret, not even in a hidden property', async () => {
    const providers = await read();
    expect(providers).toHaveLength(1);
    expect(inspect(providers, { depth: 20, showHidden: true })).not.toContain(SECRET);
  });

  it.each([
    ['that is cut off', `{"IdentityProvider":{"client_secret":"${SECRET}`],
    ['that is only a secret', SECRET],
    ['with a date of another type', `{"IdentityProvider":{"CreationDate":{"x":"${SECRET}"}}}`],
    ['with text for a date', `{"IdentityProvider":{"CreationDate":"${SECRET}"}}`],
  ])('throws a SourceError without the secret for an answer %s', async (_, body) => {
    cognito.control.onRequest = ({ action }) =>
      action === 'DescribeIdentityProvider' ? { kind: 'status', status: 200, body } : undefined;
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
  });

  it('throws a SourceError without the secret when the error of AWS quotes it', async () => {
    cognito.control.onRequest = ({ action }) =>
      action === 'DescribeIdentityProvider'
        ? { kind: 'error', type: 'AccessDeniedException', message: SECRET }
        : undefined;
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
  });

  it('throws when the listing returns the same NextToken twice', async () => {
    const body = JSON.stringify({ Providers: [], NextToken: 'again' });
    cognito.control.onRequest = () => ({ kind: 'status', status: 200, body });
    await expect(read()).rejects.toThrow(/same NextToken twice/);
  });

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController();
    cognito.control.onRequest = () => {
      stop.abort(new Error('stopped'));
      return { kind: 'hang' };
    };
    await expect(read(stop.signal)).rejects.toThrow('stopped');
  });
});
