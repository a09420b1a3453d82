import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPublish } from '../../src/triggers/publish.ts';
import { observedUser, triggerEvent } from '../fixtures/factories.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';

let run: DualRun;

const signIn = (attributes: Record<string, unknown> = {}) =>
  triggerEvent({ userAttributes: attributes });
const confirmation = (triggerSource: string) => triggerEvent({ triggerSource });

async function queued() {
  const messages = await receiveAll(run.queue.client, run.queue.queueUrl);
  return messages.map(({ Body, Attributes }) => ({
    group: Attributes?.MessageGroupId,
    body: JSON.parse(Body ?? ''),
    text: Body ?? '',
  }));
}

function errorLogs() {
  return run.logs
    .filter((line) => line.includes('"level":"ERROR"'))
    .map((line) => JSON.parse(line));
}

describe('a trigger', () => {
  beforeAll(async () => {
    run = await startDualRun();
  });
  beforeEach(() => {
    run.logs.length = 0;
  });
  afterAll(() => run.close());

  it.each([
    ['preAuthentication at a sign-in', 'preAuthentication', signIn(), {}],
    [
      'postConfirmation of a sign-up',
      'postConfirmation',
      confirmation('PostConfirmation_ConfirmSignUp'),
      {},
    ],
    [
      'postConfirmation of a new password',
      'postConfirmation',
      confirmation('PostConfirmation_ConfirmForgotPassword'),
      { passwordReset: true },
    ],
  ])(
    'returns the event unchanged, and queues the user, when called as %s',
    async (_trigger, name, event, more) => {
      expect(await run.lambda.invoke(name, event)).toEqual(event);
      const { observedAt: _, ...user } = observedUser();
      expect(await queued()).toEqual([
        expect.objectContaining({
          group: user.sub,
          body: { version: 1, user: { ...user, observedAt: expect.any(String) }, ...more },
        }),
      ]);
      expect(metricTotals(run.logs)).toEqual({ ObservationPublished: 1 });
    },
  );

  it('queues nothing that the mirror does not use', async () => {
    await run.lambda.invoke('preAuthentication', signIn());
    const [message] = await queued();
    expect(message?.text).not.toMatch(/secret|phone|\+49|custom|gold|client-1|captcha/);
  });

  it.each([
    ['another trigger source', triggerEvent({ triggerSource: 'PreSignUp_SignUp' })],
    ['an unknown user', triggerEvent({ request: { userNotFound: true } })],
    ['no attributes', triggerEvent({ request: { userAttributes: undefined } })],
    ['broken identities', signIn({ identities: 'nonsense' })],
    ['not an event', ['?']],
  ])('returns the event unchanged, and queues nothing, for %s', async (_, event) => {
    expect(await run.lambda.invoke('preAuthentication', event)).toEqual(event);
    expect(await queued()).toEqual([]);
    expect(errorLogs()).toEqual([]);
  });

  it('queues three messages for A→B→A', async () => {
    for (const given_name of ['A', 'B', 'A']) {
      await run.lambda.invoke('preAuthentication', signIn({ given_name }));
    }
    const names = (await queued()).map(({ body }) => body.user.givenName);
    expect(names).toEqual(['A', 'B', 'A']);
  });

  it('queues one message when an invocation is retried', async () => {
    const { client: sqs, queueUrl } = run.queue;
    const publish = createPublish({ sqs, queueUrl, timeoutMs: 1000 });
    await publish({ user: observedUser() }, 'request-1');
    const retried = observedUser({ observedAt: '2026-01-01T00:00:05.000Z' });
    await publish({ user: retried }, 'request-1');
    expect(await queued()).toHaveLength(1);
  });

  it('queues a name of any characters, with lone surrogates replaced', async () => {
    await run.lambda.invoke('preAuthentication', signIn({ name: 'x\uffff\u0001\ud800"<𝒜>' }));
    const [message] = await queued();
    expect(message?.body.user.name).toBe('x\uffff\u0001\ufffd"<𝒜>');
  });
});

describe('a trigger, when SQS fails', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    await run.close();
    for (const server of servers.splice(0)) server.close();
  });

  const address = (server: Server) => {
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('no port');
    return `http://127.0.0.1:${bound.port}`;
  };
  const listening = (server: Server) =>
    new Promise<Server>((resolve) => {
      servers.push(server);
      server.listen(0, '127.0.0.1', () => resolve(server));
    });

  const troubles: [string, () => Promise<Record<string, string>>][] = [
    [
      'refuses connections',
      async () => {
        const server = await listening(createServer());
        const url = address(server);
        await new Promise((resolve) => server.close(resolve));
        return { AWS_ENDPOINT_URL_SQS: url, SYNC_QUEUE_URL: `${url}/1/gone.fifo` };
      },
    ],
    [
      'never answers',
      async () => {
        const url = address(await listening(createServer(() => {})));
        return { AWS_ENDPOINT_URL_SQS: url, SYNC_QUEUE_URL: `${url}/1/hangs.fifo` };
      },
    ],
    [
      'resets connections',
      async () => {
        const url = address(await listening(createServer((socket) => socket.resetAndDestroy())));
        return { AWS_ENDPOINT_URL_SQS: url, SYNC_QUEUE_URL: `${url}/1/resets.fifo` };
      },
    ],
    [
      'does not know the queue',
      async () => ({ SYNC_QUEUE_URL: 'http://127.0.0.1/000000000000/none.fifo' }),
    ],
    ['is not configured', async () => ({ SYNC_QUEUE_URL: '' })],
  ];

  it.each(troubles)(
    'returns the event, and counts a lost publication, when SQS %s',
    async (_, trouble) => {
      run = await startDualRun({ env: { preAuthentication: await trouble() } });
      const event = signIn();
      expect(await run.lambda.invoke('preAuthentication', event)).toEqual(event);
      expect(errorLogs()).toContainEqual(
        expect.objectContaining({ sub: observedUser().sub, triggerSource: event.triggerSource }),
      );
      expect(metricTotals(run.logs)).toEqual({ PublicationLost: 1 });
      expect(run.logs.join('\n')).not.toMatch(/ada@|Lovelace/);
    },
  );

  it('uses the default deadline, and logs the mistake, when SYNC_PUBLISH_TIMEOUT_MS is invalid', async () => {
    const env = { preAuthentication: { SYNC_PUBLISH_TIMEOUT_MS: 'soon' } };
    run = await startDualRun({ env });
    await run.lambda.invoke('preAuthentication', signIn());
    expect(await queued()).toHaveLength(1);
    expect(errorLogs()[0]?.problem).toMatch(/^SYNC_PUBLISH_TIMEOUT_MS has to be/);
  });
});
