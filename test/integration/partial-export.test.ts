import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWholeExportSource } from '../../src/cognito/export/whole-export-source.ts';
import { SourceError } from '../../src/cognito/user-source.ts';
import { POOL } from '../fixtures/factories.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';
import { cognitoUser } from '../stand-ins/strict-cognito.ts';

let setting: CommandSetting;
let folder: string;
beforeEach(async () => {
  setting = await startCommandSetting();
  folder = join(setting.directory, 'export');
  await mkdir(folder);
});
afterEach(() => setting.close());

const user = (sub: string) => cognitoUser({ sub, email: `${sub}@example.com` });
const answer = (sub: string, more: object = {}) =>
  JSON.stringify({ Users: [user(sub)], ...more }, undefined, 4);
const write = (name: string, text: string) => writeFile(join(folder, name), text);

async function subs(): Promise<string[]> {
  const source = createWholeExportSource({
    directory: folder,
    userPoolId: POOL,
    clock: () => new Date(),
  });
  const all: string[] = [];
  for await (const { users } of source.pages()) all.push(...users.map(({ sub }) => sub));
  return all;
}

describe('an export', () => {
  it.each([
    ['page by page, of which only the last has no token', { PaginationToken: 't' }],
    ["by the AWS CLI's own paging", { NextToken: 't' }],
  ])('made %s is read', async (_, token) => {
    await write('users_1.json', answer('a', token));
    await write('users_2.json', answer('b', token));
    await write('users_3.json', answer('c'));
    expect(await subs()).toEqual(['a', 'b', 'c']);
  });

  it('of several answers in one file is read when the last has no token', async () => {
    await write('users_1.json', `\uFEFF${answer('a', { NextToken: 't' })}\n${answer('b')}\n`);
    expect(await subs()).toEqual(['a', 'b']);
  });

  it.each([
    ['an empty token', { NextToken: '' }],
    ['a token that is null', { PaginationToken: null }],
    ['a text that only looks like one', { Note: '"NextToken": "t' }],
  ])('with %s at its end is read', async (_, more) => {
    await write('users_1.json', answer('a', more));
    expect(await subs()).toEqual(['a']);
  });

  it('whose users have attributes called like the token is read', async () => {
    const odd = { ...user('a'), NextToken: 't' };
    await write('users_1.json', JSON.stringify({ Users: [odd] }));
    expect(await subs()).toEqual(['a']);
  });

  it('numbered from 0 is read', async () => {
    await write('users_0.json', answer('a'));
    await write('users_1.json', answer('b'));
    expect(await subs()).toEqual(['a', 'b']);
  });
});

const WHOLE = answer('a');
const cases: [string, Record<string, string>, RegExp][] = [
  [
    'the last file has a NextToken',
    { 'users_1.json': answer('a', { NextToken: 'secret' }) },
    /users_1\.json is not the end of the export: it has a NextToken.*export the rest: aws cognito-idp list-users --user-pool-id \S+ --starting-token "\$\(jq -rs 'last\.NextToken' \S+\/users_1\.json\)" > \S+\/users_2\.json/,
  ],
  [
    'the last file has a PaginationToken before its users',
    { 'users_1.json': WHOLE, 'users_2.json': `{"PaginationToken":"secret","Users":[]}` },
    /users_2\.json is not the end.*--no-paginate --pagination-token .* > \S+\/users_3\.json/,
  ],
  [
    'a number is missing',
    { 'users_1.json': WHOLE, 'users_3.json': WHOLE },
    /users_2\.json is missing in .* up to users_3\.json: export the whole pool again/,
  ],
  ['the first number is missing', { 'users_2.json': WHOLE }, /users_1\.json is missing/],
  ['a file is empty', { 'users_1.json': '', 'users_2.json': WHOLE }, /users_1\.json is empty/],
  ['a file is blank', { 'users_1.json': ' \n' }, /users_1\.json is empty/],
  [
    'a file is cut off between two users',
    { 'users_1.json': '{"Users":[{"Username":"a"},' },
    /users_1\.json is cut off/,
  ],
  [
    'a file is cut off in a text',
    { 'users_1.json': WHOLE.slice(0, 40), 'users_2.json': WHOLE },
    /users_1\.json is cut off/,
  ],
];

describe('a partial export, where', () => {
  it.each(cases)('%s, is refused with one line', async (_, files, line) => {
    for (const [name, text] of Object.entries(files)) await write(name, text);
    const error = await subs().catch((reason) => reason);
    expect(error).toBeInstanceOf(SourceError);
    expect(error.message).toMatch(line);
    expect(error.message).not.toContain('secret');
  });

  it('anything is missing ends verify and seed with 2, and nothing is written', async () => {
    await write('users_1.json', answer('a', { NextToken: 'secret' }));
    for (const command of ['verify', 'seed']) {
      const args = ['--user-pool-id', POOL, '--from', folder, '--json'];
      const ended = await setting.run(command, args);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      const errors = ended.stderr.split('\n').filter((text) => text.startsWith('error: '));
      expect(errors).toEqual([expect.stringContaining('users_1.json is not the end')]);
    }
    expect(setting.workos.control.countRequests().writes).toBe(0);
  });

  it('every byte of a file may be the last', async () => {
    for (let end = 1; end < WHOLE.length; end++) {
      await write('users_1.json', WHOLE.slice(0, end));
      await expect(subs()).rejects.toThrow('users_1.json is cut off');
    }
  });

  it('a file cannot be read names it', async () => {
    await write('users_1.json', WHOLE);
    await mkdir(join(folder, 'users_2.json'));
    await expect(subs()).rejects.toThrow(/users_2\.json cannot be read \(EISDIR\)/);
  });
});
