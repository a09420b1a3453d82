import { describe, expect, it } from 'vitest';
import { loadConsumerConfig } from '../../src/config/consumer.ts';
import { loadMirrorConfig } from '../../src/config/mirror.ts';
import { loadPublisherConfig } from '../../src/config/publisher.ts';
import { loadWorkosConfig } from '../../src/config/workos.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/1/sync.fifo';

describe('the environment of a trigger', () => {
  it('has a deadline of one second by default', () => {
    expect(loadPublisherConfig({ SYNC_QUEUE_URL: QUEUE })).toEqual({
      queueUrl: QUEUE,
      timeoutMs: 1000,
      problems: [],
    });
  });

  it.each(['0', '-1', '1.5', 'soon', '4001'])('survives the deadline %j', (value) => {
    const env = { SYNC_QUEUE_URL: QUEUE, SYNC_PUBLISH_TIMEOUT_MS: value };
    const config = loadPublisherConfig(env);
    expect(config.timeoutMs).toBe(1000);
    expect(config.problems.map(({ variable }) => variable)).toEqual(['SYNC_PUBLISH_TIMEOUT_MS']);
  });

  it.each([{}, { SYNC_QUEUE_URL: 'sync' }])('names the queue it lacks: %j', (env) => {
    expect(() => loadPublisherConfig(env)).toThrow(/^SYNC_QUEUE_URL is not/);
  });
});

describe('the environment of the consumer', () => {
  const complete = { SYNC_QUEUE_URL: QUEUE, SYNC_DLQ_URL: QUEUE, WORKOS_API_KEY: 'sk_test' };

  it('points at WorkOS by default', () => {
    expect(loadConsumerConfig(complete).workos).toEqual({
      hostname: 'api.workos.com',
      port: 443,
      https: true,
      apiKey: { kind: 'value', value: 'sk_test' },
    });
  });

  it('prefers the SSM parameter to a key in the environment', () => {
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
  ])('names %s when it is wrong', (variable, change) => {
    const load = () => loadConsumerConfig({ ...complete, ...change });
    expect(load).toThrow(expect.objectContaining({ name: 'ConfigurationError', variable }));
  });

  it('never repeats a value', () => {
    const secret = 'client-secret-123';
    const load = () => loadMirrorConfig({ OAUTH_CLIENTS: `{"Google": ${secret}` });
    expect(load).toThrow(expect.not.objectContaining({ message: expect.stringMatching(secret) }));
  });

  it('reads the trusted providers, each whole or with its domains', () => {
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
    'refuses %s as a trusted provider',
    (text) => {
      expect(() => loadMirrorConfig({ TRUSTED_EMAIL_PROVIDERS: text })).toThrow(
        expect.objectContaining({ variable: 'TRUSTED_EMAIL_PROVIDERS' }),
      );
    },
  );
});
