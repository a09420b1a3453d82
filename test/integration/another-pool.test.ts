import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rulesToHash } from '../../src/ledger/state-hash.ts';
import { at, observedUser, POOL } from '../fixtures/factories.ts';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { withPlainLists } from '../fixtures/result-schema.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';
import { startDualRun } from '../rigs/dual-run.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';

const OTHER = 'eu-central-1_Pool00002';
const reason = 'tagged_with_another_pool';

describe('the mirror, for a WorkOS user with the sub and the tag of another pool', () => {
  let setting: MirrorOnWorkos;
  beforeEach(async () => {
    setting = await startMirrorOnWorkos();
    await setting.mirrorWith()(observedUser({ userPoolId: OTHER }));
  });
  afterEach(() => setting.close());
  const ada = () => setting.workos.control.userByEmail('ada@example.com');
  const renamed = observedUser({ givenName: 'Augusta', observedAt: at(60) });

  it('writes nothing', async () => {
    const before = ada();
    const outcome = await setting.mirrorWith()(renamed);
    expect(outcome).toEqual({ outcome: 'conflict', reason, workosUserId: before?.id });
    expect(ada()).toEqual(before);
  });

  it('reports the conflict for an old observation and for a moved address alike', async () => {
    for (const change of [{ observedAt: at(-60) }, { email: 'moved@example.com' }]) {
      const outcome = await setting.mirrorWith()({ ...renamed, ...change });
      expect(outcome).toMatchObject({ outcome: 'conflict', reason });
    }
  });

  it('updates and tags it with the rule retag', async () => {
    expect((await setting.mirrorWith({ retag: true })(renamed)).outcome).toBe('updated');
    expect(ada()).toMatchObject({ first_name: 'Augusta', metadata: { cognito_pool: POOL } });
  });

  it('takes over a WorkOS user that has the sub and no tag', async () => {
    const id = ada()?.id ?? '';
    setting.workos.control.updateUser(id, { metadata: {} });
    expect((await setting.mirrorWith()(renamed)).outcome).toBe('updated');
    expect(ada()?.metadata.cognito_pool).toBe(POOL);
  });
});

it('the consumer reports the WorkOS user of another pool as a conflict, with its ledger, and writes nothing', async () => {
  const run = await startDualRun({ ledger: true });
  try {
    const { id } = run.workos.control.seedUser({
      email: 'ada@example.com',
      external_id: observedUser().sub,
      metadata: { cognito_pool: OTHER, cognito_auth: 'password' },
    });
    for (const seconds of [0, 60]) {
      await run.enqueue(observedUser({ observedAt: at(seconds) }), `${seconds}`);
      await run.drain();
    }
    const mirrored = run.logs.filter((line) => line.includes('observation mirrored'));
    expect(mirrored.map((line) => JSON.parse(line))).toMatchObject([
      { outcome: 'conflict', reason, workosUserId: id },
      { outcome: 'conflict', reason, workosUserId: id, isRepeated: true },
    ]);
    const writes = run.workos.control.requests.filter(({ method }) => method !== 'GET');
    expect(writes).toEqual([]);
  } finally {
    await run.close();
  }
});

it('states that were mirrored with the rule retag have a hash of their own', () => {
  const rules = { trustedProviders: new Map() };
  expect(rulesToHash({ ...rules, retag: true })).not.toBe(rulesToHash(rules));
});

describe('seed and verify, with the exported files of another pool', () => {
  let setting: CommandSetting;
  let files: string[];
  beforeEach(async () => {
    setting = await startCommandSetting();
    const Users = [0, 1].map((n) => poolUser(n));
    await writeFile(join(setting.directory, 'users_1.json'), JSON.stringify({ Users }));
    files = ['--from', setting.directory];
    expect(await seed(OTHER)).toMatchObject({ code: 0, created: 2 });
  });
  afterEach(() => setting.close());

  async function run(command: string, pool: string, ...args: string[]) {
    const options = ['--user-pool-id', pool, '--rate', '1000', '--json', ...args];
    const { code, stdout, stderr } = await setting.run(command, options);
    if (stdout === '') throw new Error(stderr);
    return { code, ...withPlainLists(JSON.parse(stdout)) };
  }
  const seed = (pool: string, ...args: string[]) => run('seed', pool, ...files, ...args);
  const verify = (...args: string[]) => run('verify', POOL, '--settle', '0', ...args);
  const pools = () => setting.workos.control.users().map(({ metadata }) => metadata.cognito_pool);

  it('a seed re-tags no user', async () => {
    expect(await seed(POOL)).toMatchObject({ read: 2, conflicts: 2, updated: 0 });
    expect(pools()).toEqual([OTHER, OTHER]);
  });

  it('a seed with --retag re-tags them', async () => {
    expect(await seed(POOL, '--retag')).toMatchObject({ conflicts: 0, updated: 2 });
    expect(pools()).toEqual([POOL, POOL]);
  });

  it('verify shows them as conflicts, from files and live', async () => {
    const expected = [0, 1].map((n) => ({ sub: subOf(n), reason }));
    const fromFiles = await verify(...files);
    expect(fromFiles).toMatchObject({ code: 1, inSync: false, conflicts: expected, stale: [] });
    // Files that are older than what WorkOS has.
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(setting.directory, 'users_1.json'), anHourAgo, anHourAgo);
    expect((await verify(...files)).conflicts).toMatchObject(expected);
    for (const n of [0, 1]) setting.cognito.control.put(poolUser(n));
    expect((await verify()).conflicts).toMatchObject(expected);
  });

  it('verify --fix re-tags them with --retag alone', async () => {
    for (const n of [0, 1]) setting.cognito.control.put(poolUser(n));
    expect(await verify('--fix')).toMatchObject({ code: 1, inSync: false });
    expect(pools()).toEqual([OTHER, OTHER]);
    expect(await verify('--fix', '--retag')).toMatchObject({ code: 0, inSync: true });
    expect(pools()).toEqual([POOL, POOL]);
  });

  it('verify refuses --retag without --fix', async () => {
    const args = ['--user-pool-id', POOL, '--retag'];
    const { code, stderr } = await setting.run('verify', args);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--retag is only for --fix'),
    });
  });
});
