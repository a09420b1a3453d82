import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalDynamodb } from '../../local/emulators/dynamodb.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { observedToRecord, showInPool } from '../fixtures/cognito-records.ts';
import { observedUser } from '../fixtures/factories.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';
import { type DualRun, startDualRun } from '../rigs/dual-run.ts';

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

let sightings = 0;
async function signIn(user: ObservedUser): Promise<void> {
  await run.enqueueOld(user, `sighting-${++sightings}`);
  await run.drain();
}

async function command(script: string, args: string[] = [], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await commands.run(
    script,
    ['--user-pool-id', run.cognito.userPoolId, '--json', '--rate', '500', ...args],
    {
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: run.cognito.endpoint,
      WORKOS_API_KEY: run.workos.apiKey,
      WORKOS_API_HOSTNAME: run.workos.hostname,
      WORKOS_API_PORT: String(run.workos.port),
      SYNC_LEDGER_TABLE: dynamodb.table,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      ...env,
    },
  );
  const result = stdout === '' ? undefined : JSON.parse(stdout);
  return { code, stderr, result, requests: workos().countRequests() };
}
const verify = (args: string[] = []) => command('verify', ['--settle', '0', ...args]);

describe('a seed with the ledger', () => {
  it('tells the consumer what it has mirrored: the next sign-in costs WorkOS nothing', async () => {
    showInPool(run.cognito, ada());
    expect((await command('seed')).result).toMatchObject({ created: 1 });
    workos().clear();
    await signIn(ada({}, 1));
    expect(workos().requests).toEqual([]);
  });

  it('writes nothing into the table that it says already', async () => {
    showInPool(run.cognito, ada());
    await command('seed');
    const before = await items();
    expect((await command('seed')).result).toMatchObject({ unchanged: 1 });
    expect(await items()).toEqual(before);
  });

  it('does not make those again who were deleted in WorkOS, unless it is told to', async () => {
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

  it('takes an exported record for stale that shows another state than a live event since', async () => {
    const old = ada({ givenName: 'Before' }, 900);
    await signIn(ada({ givenName: 'Now' }, 600));
    // A return to what WorkOS has leaves no later time there than the first event's.
    await signIn(ada({ givenName: 'Now' }, 60));
    await exportUsers(old);
    const { result } = await command('seed', ['--from', commands.directory]);
    expect(result).toMatchObject({ stale: 1, updated: 0 });
    expect(names()).toEqual(['Now']);
  });

  it('goes on without a table that fails in the middle, and says so once', async () => {
    for (let n = 0; n < 70; n++) {
      const sub = `eeeeeeee-0000-4000-8000-${String(n).padStart(12, '0')}`;
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

describe('verify with the ledger', () => {
  it('names who was deleted in WorkOS, and makes them again only when told to', async () => {
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

  it('wants --fix for --recreate', async () => {
    const { code, stderr } = await verify(['--recreate']);
    expect(code).toBe(2);
    expect(stderr).toContain('--recreate is only for --fix');
  });

  it('leaves no state behind in the table that is not in WorkOS any more', async () => {
    showInPool(run.cognito, ada({ givenName: 'A' }, 90));
    await signIn(ada({ givenName: 'A' }, 90));
    showInPool(run.cognito, ada({ givenName: 'B' }, 50));
    expect((await verify(['--fix'])).result).toMatchObject({ inSync: true });
    expect(names()).toEqual(['B']);
    // Back to A: a ledger that still knew A as mirrored would end here.
    showInPool(run.cognito, ada({ givenName: 'A' }, 0));
    await signIn(ada({ givenName: 'A' }, 0));
    expect(names()).toEqual(['A']);
  });
});

describe('a table that cannot be used', () => {
  it.each(['seed', 'verify'])(
    'ends %s before anything is done, and says what to mend',
    async (script) => {
      const { code, stderr } = await command(script, [], { SYNC_LEDGER_TABLE: 'no-such-table' });
      expect(code).toBe(2);
      expect(stderr).toMatch(/SYNC_LEDGER_TABLE.*no-such-table.*ResourceNotFoundException/);
      expect(workos().countRequests().writes).toBe(0);
    },
  );
});

describe('a bulk run beside consumers', () => {
  it('says that it runs, and that it has ended', async () => {
    showInPool(run.cognito, ada());
    await command('seed');
    const { Item } = await dynamodb.client.send(
      new GetItemCommand({ TableName: dynamodb.table, Key: { sub: { S: '#bulk-run' } } }),
    );
    expect(Number(Item?.until?.N)).toBeGreaterThan(0);
    expect(Number(Item?.until?.N)).toBeLessThan(Date.now());
  });
});

async function items() {
  const { Items = [] } = await dynamodb.client.send(new ScanCommand({ TableName: dynamodb.table }));
  return Items.filter(({ sub }) => !sub?.S?.startsWith('#'));
}

async function exportUsers(user: ObservedUser): Promise<void> {
  const record = observedToRecord(user);
  const Users = [
    { ...record, UserLastModifiedDate: user.observedAt, UserCreateDate: user.observedAt },
  ];
  await writeFile(join(commands.directory, 'users_1.json'), JSON.stringify({ Users }));
}
