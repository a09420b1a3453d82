import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { googleUser, poolUser, subOf } from '../fixtures/pool-users.ts';
import { startVerifySetting, type VerifySetting } from '../rigs/verify-run.ts';

let setting: VerifySetting;
beforeEach(async () => {
  setting = await startVerifySetting();
  const cognito = setting.cognito.control;
  for (let n = 0; n < 4; n++) cognito.put(poolUser(n));
  cognito.put(googleUser(4));
  await setting.seed();
  // Two commands that read Cognito's clock, which tells whole seconds, may take one second for two times.
  const cognito_synced_at = new Date(Date.now() - 3_600_000).toISOString();
  await setting.edit('user-0@example.com', {
    first_name: '=HYPERLINK("x")',
    last_name: '',
    metadata: { cognito_synced_at },
  });
  await setting.edit('user-4@example.com', {
    metadata: { cognito_auth: 'password', cognito_synced_at },
  });
  cognito.update(subOf(1), { attributes: { email: 'moved@example.com', email_verified: 'false' } });
  cognito.remove(subOf(2));
  cognito.put(poolUser(5, { email: '+5@example.com', given_name: 'Émile, "le petit"' }));
  cognito.put(googleUser(6, { email: '+5@example.com' }));
});
afterEach(() => setting.close());

const read = (name: string) => readFile(join(setting.directory, name), 'utf8');
const lines = async (name: string) =>
  (await read(name))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const verify = (...args: string[]) => setting.run(['--settle', '0', ...args]);
const seed = (...args: string[]) =>
  setting.runOther('seed', ['--user-pool-id', setting.cognito.userPoolId, ...args]);

describe('verify --report FILE', () => {
  it('writes a line for each finding, with what WorkOS has and what Cognito says', async () => {
    const { code } = await verify('--report', 'f.jsonl', '--show-emails');
    expect(code).toBe(1);
    expect(await lines('f.jsonl')).toMatchObject([
      {
        kind: 'missing',
        sub: subOf(5),
        otherSubs: [subOf(6)],
        after: { email: '+5@example.com', first_name: 'Émile, "le petit"' },
      },
      {
        kind: 'stale',
        sub: subOf(0),
        fields: ['first_name', 'last_name'],
        before: { first_name: '=HYPERLINK("x")', last_name: null },
        after: { first_name: 'Given0', last_name: 'Family0' },
      },
      { kind: 'stale', sub: subOf(4), fields: ['metadata.cognito_auth'] },
      {
        kind: 'conflict',
        reason: 'address_differs',
        sub: subOf(1),
        fields: ['email'],
        before: { email: 'user-1@example.com' },
        after: { email: 'moved@example.com' },
        advice: expect.stringMatching(/Cognito/),
      },
      { kind: 'extra', fields: [], before: {}, after: {} },
    ]);
  });

  it('shows neither an email nor a name unless they are asked for', async () => {
    await verify('--report', 'f.jsonl', '--csv', 'f.csv');
    for (const text of [await read('f.jsonl'), await read('f.csv')]) {
      expect(text).not.toMatch(/@|Given|Family|mile|HYPERLINK|moved/);
    }
    const [, stale] = await lines('f.jsonl');
    expect(stale.after).toEqual({ first_name: 'G•••', last_name: 'F•••' });
  });

  it('is the page where the name ends in .html, and refused beside --html', async () => {
    await verify('--report', 'page.html');
    expect(await read('page.html')).toMatch(/^<!doctype html>/);
    const both = await verify('--report', 'page.html', '--html', 'other.html');
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toMatch(/give one page/);
  });

  it('leaves the file as it was where the command could not run', async () => {
    await writeFile(join(setting.directory, 'f.csv'), 'the last good one');
    const ended = await setting.run(['--csv', 'f.csv'], { WORKOS_API_KEY: 'sk_wrong' });
    expect(ended.code).toBe(2);
    expect(await read('f.csv')).toBe('the last good one');
  });

  it('refuses one file for two purposes', async () => {
    const ended = await verify('--report', 'same', '--csv', 'same');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/name the same file/);
  });
});

describe('verify --csv FILE', () => {
  it('writes RFC 4180 with a row for each finding, and the email only with --show-emails', async () => {
    await verify('--csv', 'f.csv');
    const [header] = (await read('f.csv')).split('\r\n');
    expect(header).toBe('kind,reason,sub,otherSubs,workosUserId,fields,before,after,advice');
    await verify('--csv', 'f.csv', '--show-emails');
    const rows = (await read('f.csv')).split('\r\n');
    expect(rows).toHaveLength(1 + 5 + 1);
    expect(rows[0]).toMatch(/workosUserId,email,fields/);
    expect(rows[1]).toContain('Émile, \\""le petit\\""');
  });

  it('defuses a cell that a spreadsheet would take for a formula', async () => {
    await verify('--csv', 'f.csv', '--show-emails');
    const text = await read('f.csv');
    expect(text).toContain(",'+5@example.com,");
    expect(text).not.toMatch(/(^|,|\n)"?[=+@-]/);
  });
});

describe('seed --dry-run and verify', () => {
  it('show the same difference of the same user', async () => {
    await verify('--report', 'verify.jsonl');
    const { code } = await seed('--dry-run', '--report', 'seed.jsonl');
    expect(code).toBe(0);
    const bySub = new Map((await lines('seed.jsonl')).map((each) => [each.sub, each]));
    const found = (await lines('verify.jsonl')).filter(({ kind }) => /missing|stale/.test(kind));
    expect(found).toHaveLength(3);
    for (const { sub, fields, before, after } of found) {
      expect(bySub.get(sub)).toMatchObject({ fields, before, after });
    }
    expect(bySub.get(subOf(3))).toEqual({
      sub: subOf(3),
      outcome: 'unchanged',
      workosUserId: expect.any(String),
    });
  });

  it('print it in the same words, without colours where the output is no terminal', async () => {
    const difference = [
      '~ first_name: "=HYPERLINK(\\"x\\")" → "Given0"',
      '+ last_name: "Family0"',
      '~ metadata.cognito_auth: "password" → "federated"',
    ];
    const verified = await verify('--show-emails');
    const dry = await seed('--dry-run', '--show-emails');
    for (const { stdout } of [verified, dry]) {
      for (const line of difference) expect(stdout).toContain(line.replaceAll('\\"', '"'));
      expect(stdout).not.toContain('\u001b');
    }
    expect(dry.stdout).toMatch(/first_name +2\n/);
  });

  it('a seed that writes reports what it has written', async () => {
    await seed('--report', 'seed.jsonl', '--show-emails');
    const line = (await lines('seed.jsonl')).find(({ sub }) => sub === subOf(0));
    expect(line).toMatchObject({ outcome: 'updated', after: { first_name: 'Given0' } });
  });
});
