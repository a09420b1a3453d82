import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { poolUser, subOf, throughGoogle } from '../fixtures/pool-users.ts';
import { startInTerminal } from '../rigs/terminal-run.ts';
import { startVerifySetting, type VerifySetting } from '../rigs/verify-run.ts';

let setting: VerifySetting;
beforeEach(async () => {
  setting = await startVerifySetting({ workos: { allowDeletes: true } });
  cognito().put(poolUser(0));
});
afterEach(async () => {
  const { schemaViolations } = workos();
  await setting.close();
  expect(schemaViolations).toEqual([]);
});
const workos = () => setting.workos.control;
const cognito = () => setting.cognito.control;
const DELETE = ['--fix', '--delete-extra'];
const deletes = () => workos().requests.filter(({ method }) => method === 'DELETE');

/** A WorkOS user of this pool whose profile Cognito does not have. */
function seedGone(n: number, metadata: Record<string, string> = {}) {
  return workos().seedUser({
    email: `user-${n}@example.com`,
    email_verified: true,
    external_id: subOf(n),
    metadata: { cognito_pool: setting.cognito.userPoolId, cognito_auth: 'password', ...metadata },
  });
}

describe('verify --fix --delete-extra', () => {
  it('deletes the extra users in WorkOS, and is in sync', async () => {
    const { id } = seedGone(1);
    workos().seedUser({ email: 'customer@example.com' });
    const result = await setting.verify([...DELETE, '--report', 'findings.jsonl']);
    expect(result).toMatchObject({
      code: 0,
      inSync: true,
      extra: [],
      deletions: { deleted: 1, kept: {} },
      deletedExtra: [{ workosUserId: id, externalId: subOf(1) }],
    });
    expect(workos().userByEmail('user-1@example.com')).toBeUndefined();
    expect(workos().userByEmail('customer@example.com')).toBeDefined();
    const report = await readFile(join(setting.directory, 'findings.jsonl'), 'utf8');
    expect(JSON.parse(report)).toMatchObject({ kind: 'deleted', sub: subOf(1), workosUserId: id });
  });

  it('keeps who has signed in at WorkOS, says why, and is not in sync', async () => {
    const { id } = seedGone(1);
    workos().signIn(id);
    const args = [...DELETE, '--settle', '0', '--report', 'findings.jsonl'];
    const { code, stdout } = await setting.run(args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/not deleted: crossed_over/);
    expect(deletes()).toEqual([]);
    const report = await readFile(join(setting.directory, 'findings.jsonl'), 'utf8');
    expect(JSON.parse(report)).toMatchObject({ kind: 'extra', reason: 'crossed_over' });
    expect(await setting.verify(DELETE)).toMatchObject({
      extra: [{ workosUserId: id, reason: 'crossed_over' }],
      deletions: { deleted: 0, kept: { crossed_over: 1 } },
    });
  });

  it('keeps the WorkOS user of a person whose other profile lives on', async () => {
    const { identities, ...federated } = throughGoogle('g-2');
    cognito().put(poolUser(2, { email: 'user-1@example.com', identities }, federated));
    seedGone(1, { cognito_linked_subs: subOf(2) });
    const result = await setting.verify(DELETE);
    expect(result.conflicts).toMatchObject([{ reason: 'primary_gone' }]);
    expect(deletes()).toEqual([]);
  });

  it('keeps a user that Cognito has after all, though the listing has left it out', async () => {
    seedGone(1);
    await setting.seed();
    let asked = 0;
    cognito().onRequest = ({ body }) => {
      // The recheck comes first, the question of the deletion second.
      if (JSON.stringify(body).includes(subOf(1)) && ++asked === 2) cognito().put(poolUser(1));
      return undefined;
    };
    expect(await setting.verify(DELETE)).toMatchObject({
      extra: [{ reason: 'in_cognito' }],
      deletions: { deleted: 0 },
    });
    expect(deletes()).toEqual([]);
  });

  it('deletes no user when Cognito does not answer about one', async () => {
    for (let n = 1; n <= 3; n++) seedGone(n);
    cognito().onRequest = ({ action, body }) =>
      action === 'ListUsers' && JSON.stringify(body).includes('Filter')
        ? { kind: 'error', type: 'AccessDeniedException' }
        : undefined;
    expect(await setting.verify(DELETE)).toMatchObject({
      code: 1,
      deletions: { deleted: 0, kept: { no_answer: 3 } },
    });
    expect(deletes()).toEqual([]);
  });

  it('keeps accepted users', async () => {
    const { id } = seedGone(1);
    const line = { workosUserId: id, reason: 'extra', note: 'support account' };
    await writeFile(join(setting.directory, 'accepted.jsonl'), JSON.stringify(line));
    expect(await setting.verify([...DELETE, '--accept', 'accepted.jsonl'])).toMatchObject({
      inSync: true,
      accepted: { items: [{ workosUserId: id }] },
    });
    expect(deletes()).toEqual([]);
  });

  it('deletes more than ten users only with --yes where there is no terminal, and lists them first', async () => {
    for (let n = 1; n <= 11; n++) seedGone(n);
    const { code, stderr } = await setting.run([...DELETE, '--settle', '0', '--report', 'r.jsonl']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/this would delete, which cannot be undone, 11 WorkOS users/);
    expect(stderr).toContain(subOf(11));
    expect(deletes()).toEqual([]);
    const report = await readFile(join(setting.directory, 'r.jsonl'), 'utf8');
    expect(report.match(/"kind":"extra"/g)).toHaveLength(11);
    const result = await setting.verify([...DELETE, '--yes']);
    expect(result).toMatchObject({ code: 0, inSync: true, deletions: { deleted: 11 } });
  });

  it.each([
    ['the number is typed', '11\r', 0, 1],
    ['another number is typed', '12\r', 2, 12],
  ])('on a terminal, when %s, ends with its exit code', async (_, keys, exit, left) => {
    for (let n = 1; n <= 11; n++) seedGone(n);
    workos().seedUser({ email: 'customer@example.com' });
    await setting.seed();
    const args = ['verify', '--user-pool-id', setting.cognito.userPoolId, ...DELETE];
    const run = startInTerminal(setting, [...args, '--settle', '0']);
    await run.typeAt(/Type the number to go on: /, keys);
    expect((await run.ended).code).toBe(exit);
    expect(workos().users()).toHaveLength(left + 1);
  });

  it.each([
    ['without --fix', ['--delete-extra'], /--delete-extra is only for --fix/],
    ['with exported files', [...DELETE, '--from', '.'], /--delete-extra needs the live pool/],
  ])('is refused %s', async (_, args, message) => {
    seedGone(1);
    const { code, stderr } = await setting.run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(workos().requests).toEqual([]);
  });
});

describe('verify without --delete-extra', () => {
  it('deletes no user, and names the option', async () => {
    seedGone(1);
    const { code, stdout } = await setting.run(['--fix', '--settle', '0']);
    expect(code).toBe(1);
    expect(stdout).toContain('--delete-extra');
    expect(deletes()).toEqual([]);
  });
});
