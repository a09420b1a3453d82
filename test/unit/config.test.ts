import { describe, expect, it } from 'vitest';
import { loadConsumerConfig } from '../../src/config/consumer.ts';
import { loadMirrorConfig } from '../../src/config/mirror.ts';
import { loadPatrolConfig } from '../../src/config/patrol.ts';
import { loadPublisherConfig } from '../../src/config/publisher.ts';
import { loadWorkosConfig } from '../../src/config/workos.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/1/sync.fifo';

describe('loadPublisherConfig', () => {
  it('gives a deadline of 1,000 ms when SYNC_PUBLISH_TIMEOUT_MS is not set', () => {
    expect(loadPublisherConfig({ SYNC_QUEUE_URL: QUEUE })).toEqual({
      queueUrl: QUEUE,
      timeoutMs: 1000,
      problems: [],
    });
  });

  it.each(['0', '-1', '1.5', 'soon', '4001'])(
    'uses the default deadline and reports the variable when SYNC_PUBLISH_TIMEOUT_MS is %j',
    (value) => {
      const env = { SYNC_QUEUE_URL: QUEUE, SYNC_PUBLISH_TIMEOUT_MS: value };
      const config = loadPublisherConfig(env);
      expect(config.timeoutMs).toBe(1000);
      expect(config.problems.map(({ variable }) => variable)).toEqual(['SYNC_PUBLISH_TIMEOUT_MS']);
    },
  );

  it.each([{}, { SYNC_QUEUE_URL: 'sync' }])(
    'throws an error that names SYNC_QUEUE_URL when the environment is %j',
    (env) => {
      expect(() => loadPublisherConfig(env)).toThrow(/^SYNC_QUEUE_URL is not/);
    },
  );
});

describe('the consumer configuration', () => {
  const complete = { SYNC_QUEUE_URL: QUEUE, SYNC_DLQ_URL: QUEUE, WORKOS_API_KEY: 'sk_test' };

  it('uses https://api.workos.com when no hostname, port or protocol is set', () => {
    expect(loadConsumerConfig(complete).workos).toEqual({
      hostname: 'api.workos.com',
      port: 443,
      https: true,
      apiKey: { kind: 'value', value: 'sk_test' },
    });
  });

  it('reads the API key from SSM when both the parameter and the key are set', () => {
    const env = { ...complete, WORKOS_API_KEY_PARAMETER: '/sync/key' };
    expect(loadWorkosConfig(env).apiKey).toEqual({ kind: 'parameter', name: '/sync/key' });
  });

  it.each([
    ['SYNC_DLQ_URL', { SYNC_DLQ_URL: '' }],
    ['WORKOS_API_KEY', { WORKOS_API_KEY: ' ' }],
    ['WORKOS_API_PORT', { WORKOS_API_PORT: '70000' }],
    ['WORKOS_API_HTTPS', { WORKOS_API_HTTPS: 'maybe' }],
    ['OAUTH_CLIENTS', { OAUTH_CLIENTS: '{' }],
    ['OAUTH_CLIENTS', { OAUTH_CLIENTS: '{"Google":{"type":"Google"}}' }],
  ])(
    'throws a ConfigurationError that names %s when the environment has %j',
    (variable, change) => {
      const load = () => loadConsumerConfig({ ...complete, ...change });
      expect(load).toThrow(expect.objectContaining({ name: 'ConfigurationError', variable }));
    },
  );

  it('leaves the value of OAUTH_CLIENTS out of its error', () => {
    const secret = 'client-secret-123';
    const load = () => loadMirrorConfig({ OAUTH_CLIENTS: `{"Google": ${secret}` });
    expect(load).toThrow(expect.not.objectContaining({ message: expect.stringMatching(secret) }));
  });

  it('reads trusted providers with and without domains, and merges repeated ones', () => {
    const { trustedProviders } = loadMirrorConfig({
      TRUSTED_EMAIL_PROVIDERS: ' Google, ,Okta:acme.com|ACME.de , Okta: acme.fr,Azure:x.com,Azure',
    });
    expect([...trustedProviders]).toEqual([
      ['Google', 'all'],
      ['Okta', new Set(['acme.com', 'acme.de', 'acme.fr'])],
      ['Azure', 'all'],
    ]);
  });

  it.each([':acme.com', 'Okta:', 'Okta:acme', 'Okta:acme.com|', 'Okta:@acme.com', 'Okta:*.com'])(
    'refuses %s in TRUSTED_EMAIL_PROVIDERS',
    (text) => {
      expect(() => loadMirrorConfig({ TRUSTED_EMAIL_PROVIDERS: text })).toThrow(
        expect.objectContaining({ variable: 'TRUSTED_EMAIL_PROVIDERS' }),
      );
    },
  );
});

describe('the patrol configuration', () => {
  const complete = {
    SYNC_QUEUE_URL: QUEUE,
    SYNC_USER_POOL_ID: 'eu-central-1_Ab1Cd2Ef3',
    SYNC_LEDGER_TABLE: 'ledger',
  };

  it('allows five ListUsers requests a second when no bound is set', () => {
    expect(loadPatrolConfig(complete)).toEqual({
      queueUrl: QUEUE,
      userPoolId: 'eu-central-1_Ab1Cd2Ef3',
      table: 'ledger',
      requestsPerSecond: 5,
    });
  });

  it.each(Object.keys(complete))('throws an error that names %s when it is not set', (variable) => {
    expect(() => loadPatrolConfig({ ...complete, [variable]: ' ' })).toThrow(
      new RegExp(`^${variable} is not set`),
    );
  });

  it.each(['0', '-1', 'fast', '1001'])('refuses %j requests a second', (value) => {
    const env = { ...complete, SYNC_PATROL_REQUESTS_PER_SECOND: value };
    expect(() => loadPatrolConfig(env)).toThrow(/^SYNC_PATROL_REQUESTS_PER_SECOND has to be/);
  });
});
