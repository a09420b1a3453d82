import { execFile } from 'node:child_process';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExportReader } from '../../src/cognito/export/export-reader.ts';
import { createExportSource } from '../../src/cognito/export/export-source.ts';
import { SourceError, type SourcePage } from '../../src/cognito/user-source.ts';
import { at, observedUser, POOL } from '../fixtures/factories.ts';
import { cognitoUser } from '../stand-ins/strict-cognito.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'export-source-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const NOW = new Date(at(1000));
const sourceOf = (folder = directory) =>
  createExportSource({ directory: folder, userPoolId: POOL, clock: () => NOW });

const user = (sub: string) => cognitoUser({ sub, email: `${sub}@example.com` });
const users = (...subs: string[]) => JSON.stringify({ Users: subs.map(user) }, undefined, 4);
const write = (name: string, text: string) => writeFile(join(directory, name), text);

async function readAll(options: { after?: string; signal?: AbortSignal } = {}, folder?: string) {
  const all: SourcePage[] = [];
  for await (const page of sourceOf(folder).pages(options)) all.push(page);
  return all;
}
const subsOf = (pages: SourcePage[]) => pages.flatMap((page) => page.users.map(({ sub }) => sub));
const problemsOf = (pages: SourcePage[]) => pages.flatMap((page) => page.problems);

describe('the source of exported files', () => {
  it('reads files users_N.json in the order of their numbers, and no other file', async () => {
    await write('users_10.json', users('j'));
    await write('users_2.json', users('b', 'c'));
    await write('users_1.json', users('a'));
    await write('groups_1.json', users('x'));
    await write('users_1.json.bak', users('x'));
    await write('users.json', users('x'));
    const pages = await readAll();
    expect(subsOf(pages)).toEqual(['a', 'b', 'c', 'j']);
    expect(problemsOf(pages)).toEqual([]);
  });

  it.each([
    ['what ListUsers answers', JSON.stringify({ PaginationToken: 'x', Users: [user('a')] })],
    ['a plain list', JSON.stringify([user('a')])],
    ['a list with a byte order mark', `\uFEFF${JSON.stringify([user('a')])}`],
    ['several answers one after another', `${users()}\n${users('a')}\n`],
  ])('reads a file that holds %s', async (_, text) => {
    await write('users_1.json', text);
    const pages = await readAll();
    expect(subsOf(pages)).toEqual(['a']);
    expect(problemsOf(pages)).toEqual([]);
  });

  it('dates users by the modification time of their file, and never later than now', async () => {
    await write('users_1.json', users('a'));
    await write('users_2.json', users('b'));
    await utimes(join(directory, 'users_1.json'), 0, new Date(at(10)));
    await utimes(join(directory, 'users_2.json'), 0, new Date(at(9999)));
    const observed = (await readAll()).flatMap((page) => page.users.map((each) => each.observedAt));
    expect(observed).toEqual([at(10), at(1000)]);
  });

  it('yields a user once for every file that contains it', async () => {
    await write('users_1.json', users('a', 'b'));
    await write('users_2.json', users('b'));
    expect(subsOf(await readAll())).toEqual(['a', 'b', 'b']);
  });

  it('answers a reread with unknown, and estimates the number of users', async () => {
    await write('users_1.json', users('a', 'b'));
    await write('users_2.json', users('c', 'd'));
    expect(await sourceOf().reread(observedUser())).toBe('unknown');
    expect(await sourceOf().estimate()).toBe(4);
  });
});

describe('the source of exported files, with a broken file', () => {
  it('yields every whole record before the break, one problem, and the next file, wherever the file breaks off', async () => {
    const subs = ['a', 'b', 'c'];
    const text = users(...subs);
    await write('users_2.json', users('z'));
    const ends = [...text.matchAll(/^ {8}\}/gm)].map((match) => match.index + match[0].length);
    const property = fc.asyncProperty(fc.integer({ min: 1, max: text.length - 1 }), async (cut) => {
      await write('users_1.json', text.slice(0, cut));
      const whole = ends.filter((end) => end <= cut).length;
      const pages = await readAll();
      expect(subsOf(pages)).toEqual([...subs.slice(0, whole), 'z']);
      const where = `users_1.json, record ${whole + 1}`;
      expect(problemsOf(pages)).toEqual([{ where, reason: expect.any(String) }]);
    });
    await fc.assert(property, { numRuns: 80 });
  });

  it.each([
    ['a missing comma', (text: string) => text.replace('},\n        {\n', '}\n        {\n')],
    ['an unquoted word', (text: string) => text.replace('"b@example.com"', 'b@example.com')],
    ['a control character', (text: string) => text.replace('b@example.com', 'b\n@example.com')],
  ])('names the record that contains %s', async (_, spoil) => {
    await write('users_1.json', spoil(users('a', 'b', 'c')));
    await write('users_2.json', users('z'));
    const pages = await readAll();
    expect(subsOf(pages)).toEqual(['a', 'z']);
    const [problem, ...others] = problemsOf(pages);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ where: 'users_1.json, record 2' });
    expect(problem?.reason).toContain('not JSON');
    expect(problem?.reason).not.toContain('example');
  });

  it('yields the same whole records in whatever pieces the file is read', () => {
    const text = users('a', 'b', 'Ünï"}').replace('"b"', '"b" x');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (size) => {
        const { found, failed } = readInPieces(text, size);
        expect(found).toEqual([user('a')]);
        expect(failed).toBe(true);
      }),
    );
  });

  it.each([
    ['is empty', '', 'empty'],
    ['is blank', ' \n', 'empty'],
    ['is not JSON', 'Users:\n  - ada', 'not JSON'],
    ['has no list of users', '{"UserPool":{"Users":[{}]}}', 'no list of users'],
    ['is a string', '"users"', 'no list of users'],
  ])('reports one problem for a file that %s, and reads the next file', async (_, text, words) => {
    await write('users_1.json', text);
    await write('users_2.json', users('z'));
    const pages = await readAll();
    expect(subsOf(pages)).toEqual(['z']);
    expect(problemsOf(pages)).toEqual([
      { where: 'users_1.json, record 1', reason: expect.stringContaining(words) },
    ]);
  });
});

describe('the source of exported files, with a bad record', () => {
  it('names a malformed record with its sub, and yields the others', async () => {
    const bad = { ...user('b'), Username: '' };
    await write('users_1.json', JSON.stringify({ Users: [user('a'), bad, null, user('c')] }));
    const pages = await readAll();
    expect(subsOf(pages)).toEqual(['a', 'c']);
    expect(problemsOf(pages)).toEqual([
      {
        where: 'users_1.json, record 2',
        reason: expect.stringContaining('Username'),
        sub: 'b',
      },
      { where: 'users_1.json, record 3', reason: expect.any(String) },
    ]);
  });

  it.each([
    ['text', JSON.stringify(cognitoUser({ sub: 'b', name: 'n'.repeat(3_000_000) }))],
    ['brackets', `{"Attributes":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['names', `{"${'k'.repeat(3_000_000)}":1}`],
  ])('names an oversized record of %s, and yields the others', async (_, huge) => {
    const list = [JSON.stringify(user('a')), huge, JSON.stringify(user('c'))];
    await write('users_1.json', `{"Users":[${list.join(',')}]}`);
    const pages = await readAll();
    expect(subsOf(pages)).toEqual(['a', 'c']);
    expect(problemsOf(pages)).toEqual([
      { where: 'users_1.json, record 2', reason: expect.stringContaining('larger') },
    ]);
  });
});

describe('the source of exported files, resumed after a position', () => {
  const many = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);

  beforeEach(async () => {
    await write('users_1.json', users(...many('a', 130)));
    await write('users_2.json', `${users(...many('b', 70)).slice(0, -20)}`);
    await write('users_3.json', users(...many('c', 60)));
  });

  it('yields only the later users and problems, after any page', async () => {
    const pages = await readAll();
    expect(pages.map((page) => page.users.length)).toEqual([60, 60, 10, 60, 9, 60, 0]);
    for (const [index, { position }] of pages.entries()) {
      if (position === undefined) throw new Error('no position');
      const rest = await readAll({ after: position });
      expect(subsOf(rest)).toEqual(subsOf(pages.slice(index + 1)));
      expect(problemsOf(rest)).toEqual(problemsOf(pages.slice(index + 1)));
    }
  });

  it.each([
    ['a file has changed', () => write('users_2.json', users('b0', 'new'))],
    ['a file was added', () => write('users_4.json', users('new'))],
    ['a file was removed', () => rm(join(directory, 'users_3.json'))],
  ])('yields everything again when %s', async (_, change) => {
    const position = (await readAll())[2]?.position;
    if (position === undefined) throw new Error('no position');
    await change();
    expect(subsOf(await readAll({ after: position }))).toEqual(subsOf(await readAll()));
  });

  it('yields everything when the position is a token of a live pool', async () => {
    const after = 'token-of-a-live-pool';
    expect(subsOf(await readAll({ after }))).toEqual(subsOf(await readAll()));
  });
});

describe('the source of exported files, when it cannot go on', () => {
  it.each([
    ['does not exist', async () => join(directory, 'nowhere'), 'ENOENT'],
    ['holds no users_N.json', async () => directory, 'users_N.json'],
  ])('throws a SourceError of one line when the folder %s', async (_, folder, words) => {
    const error = await readAll({}, await folder()).catch((reason) => reason);
    expect(error).toBeInstanceOf(SourceError);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('\n');
  });

  it('ends with the reason of the signal when the run is stopped', async () => {
    await write('users_1.json', users('a'));
    const stop = AbortSignal.abort(new Error('stopped'));
    await expect(readAll({ signal: stop })).rejects.toThrow('stopped');
  });
});

it('the source of exported files reads 57 MB with a heap of 24 MB', async () => {
  const record = cognitoUser({ sub: 'a', name: 'n'.repeat(2000) });
  await write('users_1.json', JSON.stringify({ Users: Array(25_000).fill(record) }));
  const module = new URL('../../src/cognito/export/export-source.ts', import.meta.url);
  const script = `
    const { createExportSource } = await import(${JSON.stringify(module)});
    const clock = () => new Date();
    const source = createExportSource({ directory: process.argv[1], userPoolId: 'x_1', clock });
    let read = 0;
    for await (const page of source.pages()) read += page.users.length;
    console.log(read);`;
  // A process that keeps what it has read runs out of memory.
  const options = ['--max-old-space-size=24', '--input-type=module', '--eval', script, directory];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  expect(stdout.trim()).toBe('25000');
});

function readInPieces(text: string, size: number) {
  const reader = createExportReader();
  const found: unknown[] = [];
  try {
    for (let from = 0; from < text.length; from += size) {
      for (const item of reader.read(text.slice(from, from + size))) {
        found.push(item.kind === 'record' ? item.record : item.kind);
      }
    }
  } catch {
    return { found, failed: true };
  }
  return { found, failed: false };
}
