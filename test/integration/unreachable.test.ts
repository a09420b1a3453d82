import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, it } from 'vitest';
import { startStrictWorkos } from '../../local/emulators/workos.ts';
import { createRateLimitedUsers } from '../../src/bulk/rate-limited-users.ts';
import { createRequestScheduler } from '../../src/bulk/request-scheduler.ts';
import { createPoolSource } from '../../src/cognito/pool-source.ts';
import { createApiKeySource } from '../../src/workos/api-key.ts';
import { createWorkosUsers } from '../../src/workos/workos-users.ts';
import { startCommandSetting } from '../rigs/command-run.ts';
import { cognitoUser } from '../stand-ins/strict-cognito.ts';

/** What stands at the address in WorkOS's or Cognito's place; each answers one way. */
const IMPOSTORS: Record<string, string | undefined> = {
  'a page of a proxy': page(200),
  'a proxy that refuses': page(407),
  'a proxy that forbids': page(403),
  'a proxy without an upstream': page(502),
  'a server that hangs': undefined,
};

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function page(status: number): string {
  const body = '<html><body>Sign in to the network</body></html>';
  return `HTTP/1.1 ${status} X\r\ncontent-type: text/html\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
}

/** @param answer undefined: none, ever. */
async function listen(answer: string | undefined): Promise<number> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer !== undefined && socket.end(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return (server.address() as AddressInfo).port;
}

/** A port that nothing listens at. */
async function closedPort(): Promise<number> {
  const port = await listen(undefined);
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return port;
}

type Address = { hostname: string; port: number; https: boolean };
const config = (address: Address) => ({
  ...address,
  apiKey: { kind: 'value' as const, value: 'sk_test_x' },
});
const counter = { sent: () => {}, rateLimited: () => {} };
const signal = new AbortController().signal;

/** As the commands reach WorkOS, with less patience. */
function workosAt(address: Address, firstContactMs = 500) {
  const workos = config(address);
  const apiKey = createApiKeySource(workos.apiKey, () => new SSMClient());
  const users = createWorkosUsers({ config: workos, apiKey, counter });
  const scheduler = createRequestScheduler({
    writesPerSecond: 100,
    requestsPerSecond: 200,
    signal,
    firstContactMs,
  });
  return createRateLimitedUsers(users, scheduler);
}

describe('WorkOS that was never reached', () => {
  const cases: [string, () => Promise<Address>, RegExp][] = [
    [
      'a wrong port',
      async () => ({ hostname: '127.0.0.1', port: await closedPort(), https: false }),
      /ECONNREFUSED/,
    ],
    [
      'TLS where the server speaks plain HTTP',
      async () => ({ hostname: '127.0.0.1', port: await listen(page(400)), https: true }),
      /ERR_SSL|EPROTO/,
    ],
    [
      'a name that DNS does not know',
      async () => ({ hostname: 'workos.invalid', port: 443, https: true }),
      /ENOTFOUND|EAI_AGAIN/,
    ],
    ...Object.entries(IMPOSTORS)
      .filter(([, answer]) => answer !== undefined)
      .map(([name, answer]): [string, () => Promise<Address>, RegExp] => [
        name,
        async () => ({ hostname: '127.0.0.1', port: await listen(answer), https: false }),
        /an answer that is not WorkOS's: status \d{3}, no JSON|no usable answer/,
      ]),
  ];
  it.each(cases)('is given up in one line for %s', async (_, toAddress, why) => {
    const address = await toAddress();
    const started = performance.now();
    const error = await workosAt(address)
      .list(undefined)
      .then(
        () => expect.unreachable(),
        (thrown: Error) => thrown,
      );
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(error.name).toBe('WorkosUnavailableError');
    expect(error.message).toMatch(why);
    const scheme = address.https ? 'https' : 'http';
    expect(error.message).toContain(
      `WorkOS cannot be reached at ${scheme}://${address.hostname}:${address.port} for`,
    );
    expect(error.message).toContain(
      'check WORKOS_API_HOSTNAME, WORKOS_API_PORT and WORKOS_API_HTTPS, the network, and whether a proxy',
    );
  });

  it('is waited for once it has answered, though an answer was refused', async () => {
    const workos = await startStrictWorkos();
    let requests = 0;
    workos.control.onRequest = () => {
      requests++;
      if (requests === 1) return { kind: 'status', status: 503, body: { message: 'busy' } };
      return requests < 5 ? { kind: 'reset' } : undefined;
    };
    try {
      const { hostname, port } = workos;
      const apiKey = createApiKeySource(
        { kind: 'value', value: workos.apiKey },
        () => new SSMClient(),
      );
      const users = createWorkosUsers({
        config: { ...config({ hostname, port, https: false }) },
        apiKey,
        counter,
      });
      const scheduler = createRequestScheduler({
        writesPerSecond: 100,
        requestsPerSecond: 200,
        signal,
        firstContactMs: 1,
      });
      await expect(createRateLimitedUsers(users, scheduler).list()).resolves.toEqual({ users: [] });
    } finally {
      await workos.close();
    }
  });
});

describe('Cognito that was never reached', () => {
  it.each(Object.entries(IMPOSTORS).slice(0, 4))(
    'is given up in one line for %s',
    async (_, answer) => {
      const endpoint = `http://127.0.0.1:${await listen(answer)}`;
      const client = new CognitoIdentityProviderClient({
        endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      });
      const source = createPoolSource({
        client,
        userPoolId: 'us-east-1_Ab1Cd2Ef3',
        clock: () => new Date(),
        patience: { firstContactMs: 100, troubleMs: 60_000 },
      });
      const read = async () => {
        for await (const _page of source.pages()) expect.unreachable();
      };
      await expect(read()).rejects.toThrow(`Cognito cannot be reached at ${endpoint} for`);
    },
  );
});

/** Real commands with their real patience, side by side: the slowest waits for some 20 seconds. */
describe('a command whose other side was never reached', () => {
  // A busy machine needs some seconds to start them all.
  const SECONDS = 45;

  it('ends soon with one line', { timeout: 90_000 }, async () => {
    const setting = await startCommandSetting();
    const hanging = await listen(undefined);
    const closed = await closedPort();
    const pool = ['--user-pool-id', setting.cognito.userPoolId];
    const alone = [...pool, '--state', ':memory:'];
    const queue = (port: number) => `http://127.0.0.1:${port}/0/dead.fifo`;
    try {
      const runs: [string, string[], Record<string, string>, string][] = [
        ['verify', pool, { WORKOS_API_PORT: String(hanging) }, `http://127.0.0.1:${hanging}`],
        ['seed', alone, { WORKOS_API_PORT: String(closed) }, `http://127.0.0.1:${closed}`],
        [
          'seed',
          alone,
          { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `http://127.0.0.1:${hanging}` },
          `Cognito cannot be reached at http://127.0.0.1:${hanging}`,
        ],
        [
          'seed',
          pool,
          {
            WORKOS_API_KEY_PARAMETER: '/x',
            AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${hanging}`,
          },
          `SSM cannot be reached at http://127.0.0.1:${hanging}`,
        ],
        ['redrive', ['--dlq-url', queue(hanging)], { AWS_REGION: 'us-east-1' }, queue(hanging)],
      ];
      setting.cognito.control.put(cognitoUser({ sub: 's', email: 'ada@example.com' }));
      await Promise.all(
        runs.map(async ([command, args, env, where]) => {
          const started = performance.now();
          const ended = await setting.run(command, args, env);
          const errors = ended.stderr.split('\n').filter((line) => line.startsWith('error: '));
          expect({ command, where, code: ended.code, stderr: ended.stderr, errors }).toMatchObject({
            code: 2,
            errors: [expect.stringContaining(where)],
          });
          expect(errors.join()).toContain('check ');
          const seconds = (performance.now() - started) / 1000;
          expect({ command, where, isInTime: seconds < SECONDS, seconds }).toMatchObject({
            isInTime: true,
          });
        }),
      );
    } finally {
      await setting.close();
    }
  });
});
