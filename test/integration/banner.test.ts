import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type StrictWorkos, startStrictWorkos } from '../../local/emulators/workos.ts';
import { poolUser } from '../fixtures/pool-users.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';
import { startRedriveSetting } from '../rigs/redrive-run.ts';

const CONSUMERS_PARAMETER = '/cognito-workos-sync/prod/workos-api-key';

/** STS, Lambda and SSM, as far as the banner asks them (API references of the three). */
async function startAwsServices(facts: { userPoolId: string; consumersKey?: string }) {
  const consumer = {
    FunctionName: 'cognito-workos-sync-prod-consumer',
    Environment: {
      Variables: {
        SYNC_USER_POOL_ID: facts.userPoolId,
        WORKOS_API_KEY_PARAMETER: CONSUMERS_PARAMETER,
      },
    },
  };
  const server = createServer((request, response) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (request.url?.includes('/functions')) {
      response.end(JSON.stringify({ Functions: facts.consumersKey ? [consumer] : [] }));
    } else if (target.endsWith('.GetParameter')) {
      const Parameter = { Type: 'SecureString', Value: facts.consumersKey };
      response.end(JSON.stringify({ Parameter }));
    } else {
      response.end(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/ann</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

let setting: CommandSetting;
let aws: Awaited<ReturnType<typeof startAwsServices>> | undefined;
beforeEach(async () => {
  setting = await startCommandSetting({
    cognito: { users: { count: 1, record: () => poolUser(1) } },
  });
});
afterEach(async () => {
  await aws?.close();
  aws = undefined;
  await setting.close();
});

async function run(
  command: string,
  args: string[],
  consumersKey?: string,
  env: Record<string, string> = {},
) {
  const { userPoolId } = setting.cognito;
  aws = await startAwsServices({ userPoolId, ...(consumersKey && { consumersKey }) });
  return setting.run(command, ['--user-pool-id', userPoolId, ...args], { ...aws.env, ...env });
}

describe('the banner of a command', () => {
  test('seed names account, region, pool and WorkOS environment before it writes', async () => {
    const ended = await run('seed', [], setting.workos.apiKey);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(/AWS +account 123456789012, eu-central-1/);
    expect(ended.stderr).toMatch(/Cognito +user pool .*eu-central-1_Pool00001, about 1 users/);
    expect(ended.stderr).toMatch(/WorkOS +.*environment.* key [0-9a-f]{8}, 0 users/);
    expect(ended.stderr).toMatch(/consumer +stage prod, the same WorkOS key/);
    expect(ended.stderr).not.toContain(setting.workos.apiKey);
  });

  test('verify says that no deployment observes the pool', async () => {
    const ended = await run('verify', []);
    expect(ended.stderr).toMatch(/consumer +no deployment observes this pool/);
  });

  test('a service that does not answer leaves its line unknown and holds nothing up', async () => {
    const args = ['--user-pool-id', setting.cognito.userPoolId];
    const ended = await setting.run('seed', args);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(/AWS +account unknown, eu-central-1/);
    expect(ended.stderr).toMatch(/whether its WorkOS key is the same is unknown/);
  });

  test('a name that holds control characters cannot write a line of its own', async () => {
    setting.cognito.control.pool.settings = { PoolName: 'x\n  WorkOS    sandbox environment' };
    const ended = await run('seed', []);
    expect(ended.stderr).toContain('user pool "x?  WorkOS    sandbox environment"');
  });
});

/** One WorkOS with two environments: each key sees its own. */
async function startTwoEnvironments(environments: StrictWorkos[]) {
  const server = createServer(async (request, response) => {
    const key = request.headers.authorization?.replace('Bearer ', '');
    const { url } = environments.find(({ apiKey }) => apiKey === key) ?? {};
    if (url === undefined) {
      response.writeHead(401).end();
      return;
    }
    const body = await text(request);
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const { method = 'GET' } = request;
    const answer = await fetch(`${url}${request.url}`, {
      method,
      headers,
      ...(body !== '' && { body }),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe("a key of another WorkOS environment than the consumer's", () => {
  const consumersKey = 'sk_test_of_the_consumer';
  let other: StrictWorkos;
  let both: Awaited<ReturnType<typeof startTwoEnvironments>>;
  beforeEach(async () => {
    other = await startStrictWorkos({ apiKey: consumersKey });
    both = await startTwoEnvironments([setting.workos, other]);
    setting.workos.control.seedUser({ email: 'first@example.com' });
  });
  afterEach(async () => {
    await both.close();
    await other.close();
  });
  const seed = (...args: string[]) =>
    run('seed', args, consumersKey, { WORKOS_API_PORT: String(both.port) });

  test('seed is refused before it writes, and the message says what to give', async () => {
    const ended = await seed();
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/error: the API key is of another WorkOS environment.*stage prod/);
    expect(setting.workos.control.users()).toHaveLength(1);
  });

  test('a key that WorkOS refuses is not taken for one of another environment', async () => {
    setting.workos.control.revokeKey();
    const ended = await seed();
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/whether its WorkOS key is the same is unknown/);
    expect(ended.stderr).not.toMatch(/another WorkOS environment/i);
  });

  test('seed writes when the operator says that it is meant', async () => {
    const ended = await seed('--another-environment');
    expect(ended.code, ended.stderr).toBe(0);
    expect(setting.workos.control.users()).toHaveLength(2);
  });

  test('a dry run is not refused, and the banner says it', async () => {
    const ended = await seed('--dry-run');
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('ANOTHER WorkOS ENVIRONMENT');
  });
});

describe('redrive --replay', () => {
  test('names account, region and both queues before it sends anything; a listing does not', async () => {
    aws = await startAwsServices({ userPoolId: setting.cognito.userPoolId });
    const redrive = await startRedriveSetting();
    const sts = { AWS_ENDPOINT_URL_STS: aws.env.AWS_ENDPOINT_URL };
    const listed = await redrive.run([], sts);
    const replayed = await redrive.run(['--replay'], sts);
    await redrive.close();
    expect(listed.stderr).not.toContain('account');
    expect(replayed.stderr).toMatch(
      /AWS +account 123456789012, us-east-1\n +SQS +dead-letter queue \S+\.fifo, sync queue \S+\.fifo\n/,
    );
  });
});
