import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalDynamodb } from '../../local/emulators/dynamodb.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { observedToRecord, showInPool } from '../fixtures/cognito-records.ts';
import { observedUser } from '../fixtures/factories.ts';
import { numberedSub } from '../fixtures/numbered-user.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';
import { type DualRun, startDualRun } from '../rigs/dual-run.ts';
import { exportUsers } from '../rigs/exported-users.ts';
import { expectOneErrorLine } from '../rigs/one-error-line.ts';

/** A consumer with its ledger, and the commands beside it: on one pool, one WorkOS, one table. */
let run: DualRun;
let commands: CommandSetting;
let dynamodb: LocalDynamodb;
beforeEach(async () => {
  run = await startDualRun({ ledger: true });
  commands = await startCommandSetting();
  dynamodb = run.dynamodb as LocalDynamodb;
});
afterEach(async () => {
  await commands.close();
  await run.close();
});
const workos = () => run.workos.control;
const names = () =>
  workos()
    .users()
    .map(({ first_name }) => first_name);

/** Observed so many seconds ago. */
function ada(partial: Partial<ObservedUser> = {}, secondsAgo = 60): ObservedUser {
  const observedAt = new Date(Date.now() - 1000 * secondsAgo).toISOString();
  return observedUser({ userPoolId: run.cognito.userPoolId, observedAt, ...partial });
}

let signIns = 0;
async function signIn(user: ObservedUser): Promise<void> {
  await run.enqueueOld(user, `sign-in-${++signIns}`);
  await run.drain();
}

const general = () => ['--user-pool-id', run.cognito.userPoolId, '--json', '--rate', '500'];
const environment = () => ({
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: run.cognito.endpoint,
  WORKOS_API_KEY: run.workos.apiKey,
  WORKOS_API_HOSTNAME: run.workos.hostname,
  WORKOS_API_PORT: String(run.workos.port),
  SYNC_LEDGER_TABLE: dynamodb.table,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
});

async function command(script: string, args: string[] = [], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await commands.run(script, [...general(), ...args], {
    ...environment(),
    ...env,
  });
  const result = stdout === '' ? undefined : JSON.parse(stdout);
  return { code, stderr, result, requests: workos().countRequests() };
}
const verify = (args: string[] = []) => command('verify', ['--settle', '0', ...args]);

describe('seed with a ledger', () => {
  it('records what it has mirrored, so that the next sign-in sends no request to WorkOS', async () => {
    showInPool(run.cognito, ada());
    expect((await command('seed')).result).toMatchObject({ created: 1 });
    workos().clear();
    await signIn(ada({}, 1));
    expect(workos().requests).toEqual([]);
  });

  it('leaves an entry of the table as it is when the user has not changed', async () => {
    showInPool(run.cognito, ada());
    await command('seed');
    const before = await items();
    expect((await command('seed')).result).toMatchObject({ unchanged: 1 });
    expect(await items()).toEqual(before);
  });

  it('reports a user deleted in WorkOS as a conflict, and creates it again only with --recreate', async () => {
    showInPool(run.cognito, ada());
    await signIn(ada());
    workos().deleteUser(workos().users()[0]?.id ?? '');
    const first = await command('seed');
    expect(first.result).toMatchObject({ created: 0, conflicts: 1 });
    expect(first.code).toBe(0);
    expect(workos().users()).toEqual([]);
    expect((await command('seed', ['--dry-run'])).result).toMatchObject({ conflicts: 1 });
    expect((await command('seed', ['--recreate'])).result).toMatchObject({ created: 1 });
    expect(workos().users()).toHaveLength(1);
  });

  it('reports an exported record as stale when a live event has shown another state since', async () => {
    const old = ada({ givenName: 'Before' }, 900);
    await signIn(ada({ givenName: 'Now' }, 600));
    // A return to the state that WorkOS has leaves the time of the first event there.
    await signIn(ada({ givenName: 'Now' }, 60));
    const folder = await exportObserved(old);
    const { result } = await command('seed', ['--from', folder]);
    expect(result).toMatchObject({ stale: 1, updated: 0 });
    expect(names()).toEqual(['Now']);
  });

  it('continues without the ledger when DynamoDB fails midway, and prints one warning', async () => {
    for (let n = 0; n < 70; n++) {
      const sub = numberedSub(n);
      showInPool(run.cognito, ada({ sub, username: sub, email: `user-${n}@example.com` }));
    }
    let writes = 0;
    workos().onRequest = ({ method }) => {
      if (method === 'POST' && ++writes === 5) dynamodb.isFailing = () => true;
      return undefined;
    };
    const { code, stderr, result } = await command('seed');
    expect(result).toMatchObject({ created: 70, failed: 0 });
    expect(code).toBe(0);
    expect(stderr.match(/The ledger cannot be asked/g)).toHaveLength(1);
  }, 60_000);
});

describe('verify with a ledger', () => {
  it('reports a user deleted in WorkOS as a conflict, and creates it again only with --fix --recreate', async () => {
    showInPool(run.cognito, ada());
    await signIn(ada());
    const id = workos().users()[0]?.id ?? '';
    workos().deleteUser(id);
    const { sub } = ada();
    const finding = { sub, reason: 'deleted_in_workos', workosUserId: id };
    const before = await verify();
    expect(before.code).toBe(1);
    expect(before.result).toMatchObject({ missing: { count: 0 }, conflicts: { items: [finding] } });
    expect((await verify(['--fix'])).result).toMatchObject({ conflicts: { items: [finding] } });
    expect(workos().users()).toEqual([]);
    const fixed = await verify(['--fix', '--recreate']);
    expect(fixed.result).toMatchObject({ inSync: true, conflicts: { count: 0 } });
    expect((await verify()).code).toBe(0);
  });

  it('refuses --recreate without --fix', async () => {
    const { code, stderr } = await verify(['--recreate']);
    expect(code).toBe(2);
    expect(stderr).toContain('--recreate is only for --fix');
  });

  it('replaces the old state in the ledger with --fix, so that a return to it is mirrored', async () => {
    showInPool(run.cognito, ada({ givenName: 'A' }, 90));
    await signIn(ada({ givenName: 'A' }, 90));
    showInPool(run.cognito, ada({ givenName: 'B' }, 50));
    expect((await verify(['--fix'])).result).toMatchObject({ inSync: true });
    expect(names()).toEqual(['B']);
    // Back to A: if the ledger still had A as mirrored, nothing would be written.
    showInPool(run.cognito, ada({ givenName: 'A' }, 0));
    await signIn(ada({ givenName: 'A' }, 0));
    expect(names()).toEqual(['A']);
  });
});

describe('a ledger table that does not exist', () => {
  it.each(['seed', 'verify'])(
    'ends %s with exit code 2 and an error that names the table, before any write',
    async (script) => {
      const { code, stderr } = await command(script, [], { SYNC_LEDGER_TABLE: 'no-such-table' });
      expect(code).toBe(2);
      expect(stderr).toMatch(/SYNC_LEDGER_TABLE.*no-such-table.*ResourceNotFoundException/);
      expect(workos().countRequests().writes).toBe(0);
    },
  );

  it('names what went wrong on the way to a table that does not answer', async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };
    const { code, stderr } = await command('verify', [], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/SYNC_LEDGER_TABLE.*cannot be read \(ECONNREFUSED\)/);
  });
});

describe('a command that ends while its ledger is open', () => {
  it.each(['assess', 'verify'])('says in one line why, for %s', async (script) => {
    // A process of its own: a rejection that nothing awaits ends only that one.
    const args = [...general(), '--from', '/no-such-folder'];
    const ended = await commands.start(script, args, environment()).ended;
    expectOneErrorLine(ended, /^error: the folder \/no-such-folder cannot be read/);
  });
});

describe('seed beside consumers', () => {
  it('records in the ledger that a bulk run is under way, and that it has ended', async () => {
    showInPool(run.cognito, ada());
    let whileWriting: Promise<number> | undefined;
    workos().onRequest = ({ method }) => {
      if (method === 'POST') whileWriting ??= bulkRunUntil();
      return undefined;
    };
    await command('seed');
    expect(await whileWriting).toBeGreaterThan(Date.now());
    expect(await bulkRunUntil()).toBeGreaterThan(0);
    expect(await bulkRunUntil()).toBeLessThan(Date.now());
  });
});

/** Until when the ledger says that a bulk run is under way, in milliseconds. */
async function bulkRunUntil(): Promise<number> {
  const { Item } = await dynamodb.client.send(
    new GetItemCommand({ TableName: dynamodb.table, Key: { sub: { S: '#bulk-run' } } }),
  );
  return Number(Item?.until?.N);
}

async function items() {
  const { Items = [] } = await dynamodb.client.send(new ScanCommand({ TableName: dynamodb.table }));
  return Items.filter(({ sub }) => !sub?.S?.startsWith('#'));
}

/** @returns the folder with one exported user, whose dates are those of the observation. */
async function exportObserved(user: ObservedUser): Promise<string> {
  const dates = { UserLastModifiedDate: user.observedAt, UserCreateDate: user.observedAt };
  return exportUsers(commands.directory, [{ ...observedToRecord(user), ...dates }]);
}
