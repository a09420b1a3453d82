import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DiscardFile, openDiscardFile } from '../../src/redrive/discard-file.ts';
import { encodeMessage } from '../../src/user/message.ts';
import { at, observedUser } from '../fixtures/factories.ts';
import { type RedriveSetting, startRedriveSetting } from '../rigs/redrive-run.ts';

let setting: RedriveSetting;
let directory: string;
let file: string;
beforeEach(async () => {
  setting = await startRedriveSetting();
  directory = await mkdtemp(join(tmpdir(), 'redrive-discard-'));
  file = join(directory, 'discarded.jsonl');
});
afterEach(async () => {
  await setting.close();
  await rm(directory, { recursive: true, force: true });
});

const sub = (n: number) => `eeeeeeee-0000-4000-8000-${String(n).padStart(12, '0')}`;
const person = (n: number, k = 0) =>
  observedUser({
    sub: sub(n),
    username: sub(n),
    email: `person-${n}@example.com`,
    observedAt: at(k),
  });
const json = (text: string) => JSON.parse(text);

async function lines(): Promise<Record<string, unknown>[]> {
  const text = await readFile(file, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** As many malformed messages as given, each in a group of its own. */
async function putMalformed(count: number): Promise<string[]> {
  const bodies = Array.from({ length: count }, (_, n) => `nonsense ${n} ${'x'.repeat(600)}`);
  for (const [n, body] of bodies.entries()) await setting.putDeadLetter(body, sub(n));
  return bodies;
}

/** Every body is in the file once, or else still in the queue; at the end, all are in the file. */
async function expectAllDiscardedOnce(bodies: string[]): Promise<void> {
  setting.proxy.onRequest = undefined;
  setting.proxy.onAnswer = undefined;
  const ended = await setting.run(['--discard', file, '--json']);
  expect(ended).toMatchObject({ code: 0 });
  const discarded = await lines();
  expect(discarded.map(({ body }) => body).toSorted()).toEqual(bodies.toSorted());
  expect(await setting.takeAll('dead letters')).toEqual([]);
}

describe('redrive --discard', () => {
  it('moves the messages that no replay can help into the file, and leaves the others', async () => {
    await setting.deadLetter(person(1), 'invalid_email');
    await setting.putDeadLetter('not a message\u2028at all', sub(2));
    await setting.putDeadLetter('{"version":99,"user":{}}', sub(3));

    const ended = await setting.run(['--discard', file, '--json']);

    expect(ended.code).toBe(0);
    const result = json(ended.stdout);
    expect(result).toMatchObject({
      deadLetters: 3,
      discarded: 1,
      replayed: 0,
      kept: 2,
      failed: 0,
      byReason: { malformed_message: { discardable: true }, invalid_email: { discardable: false } },
    });
    expect(await lines()).toEqual([
      {
        messageId: expect.any(String),
        reason: 'malformed_message',
        sub: sub(2),
        sentAt: expect.stringMatching(/^\d{4}-.*Z$/),
        attributes: expect.objectContaining({
          MessageGroupId: sub(2),
          SentTimestamp: expect.any(String),
        }),
        messageAttributes: {},
        body: 'not a message\u2028at all',
      },
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const left = await setting.takeAll('dead letters');
    expect(left.map(([group]) => group)).toEqual([sub(1), sub(3)]);
  });

  it('with --reason moves the messages with this reason alone, message attributes included', async () => {
    await setting.putDeadLetter('nonsense', sub(1));
    await setting.deadLetter(person(2), 'invalid_email');

    const ended = await setting.run(['--discard', file, '--reason', 'invalid_email']);

    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(`1 discarded into ${file}, 1 kept, 0 failed`);
    expect(await lines()).toMatchObject([
      { reason: 'invalid_email', messageAttributes: { reason: 'invalid_email' } },
    ]);
    expect(await setting.takeAll('dead letters')).toEqual([[sub(1), 'nonsense']]);
  });

  it('appends to the file of an earlier run', async () => {
    await setting.putDeadLetter('first', sub(1));
    await setting.run(['--discard', file]);
    await setting.putDeadLetter('second', sub(1));
    await setting.run(['--discard', file]);
    expect((await lines()).map(({ body }) => body)).toEqual(['first', 'second']);
  });

  it('keeps the order of the messages of its group, for a replay afterwards too', async () => {
    const [first, second, third] = [0, 1, 2].map((k) => encodeMessage(person(1, k)));
    await setting.putDeadLetter('nonsense', sub(1));
    await setting.putDeadLetter('more nonsense', sub(1));
    for (const k of [0, 1, 2]) await setting.deadLetter(person(1, k), 'invalid_email');

    const ended = await setting.run(['--discard', file, '--json']);
    expect(json(ended.stdout)).toMatchObject({ discarded: 2, kept: 1, unseen: 2 });
    expect(ended.code).toBe(1);
    expect((await lines()).map(({ body }) => body)).toEqual(['nonsense', 'more nonsense']);

    await setting.run(['--replay']);
    const sent = await setting.takeAll('sync');
    expect(sent.map(([, body]) => body)).toEqual([first, second, third]);
  });

  it('gets through a long group of which every message is malformed', async () => {
    for (let n = 0; n < 25; n++) await setting.putDeadLetter(`nonsense ${n}`, sub(1));
    const ended = await setting.run(['--discard', file, '--yes', '--json']);
    expect(json(ended.stdout)).toMatchObject({ discarded: 25, unseen: 0 });
    expect((await lines()).map(({ body }) => body)).toEqual(
      Array.from({ length: 25 }, (_, n) => `nonsense ${n}`),
    );
  });
});

describe('a discard that something stops', () => {
  it('writes no message twice whose deletion was refused', async () => {
    const bodies = await putMalformed(3);
    setting.proxy.onRequest = ({ action }) =>
      action === 'DeleteMessage' ? { kind: 'error', type: 'ReceiptHandleIsInvalid' } : undefined;

    const ended = await setting.run(['--discard', file, '--json']);

    expect(ended.code).toBe(1);
    expect(json(ended.stdout)).toMatchObject({ discarded: 0, failed: 3 });
    expect(await lines()).toHaveLength(3);
    await expectAllDiscardedOnce(bodies);
  });

  it.each(['DeleteMessage', 'ReceiveMessage'])(
    'loses nothing when it is killed at a %s',
    async (victim) => {
      const bodies = await putMalformed(5);
      setting.proxy.holdSeconds = 1;
      let count = 0;
      setting.proxy.onRequest = ({ action }) => {
        if (action !== victim || ++count < 2) return undefined;
        child.kill('SIGKILL');
        return { kind: 'reset' };
      };
      const child = setting.start(['--discard', file, '--yes']);
      expect((await child.ended).code).toBeNull();
      setting.proxy.holdSeconds = undefined;
      setting.proxy.onRequest = undefined;
      const inFlight = async () => json((await setting.run(['--json'])).stdout).inFlight;
      await expect.poll(inFlight, { timeout: 10_000, interval: 300 }).toBe(0);
      await expectAllDiscardedOnce(bodies);
    },
  );

  it('deletes nothing that is not on the disk when the disk is full', async () => {
    const bodies = await putMalformed(5);
    const child = setting.start(['--discard', file, '--json'], {
      // Node has no name for the limit's error unless the signal is caught.
      NODE_OPTIONS: '--import data:text/javascript,process.on(`SIGXFSZ`,()=>{})',
    });
    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=2500']);

    const ended = await child.ended;

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`Stopped: ${file} cannot be written (EFBIG`);
    const result = json(ended.stdout);
    expect(await lines()).toHaveLength(result.discarded);
    expect(result.discarded).toBeLessThan(5);
    await expectAllDiscardedOnce(bodies);
  });
});

describe('a mass discard', () => {
  it('needs --yes without a terminal above the bound that --help names', async () => {
    await putMalformed(11);
    expect((await setting.run(['--help'])).stdout).toContain('more than 10 messages');

    const refused = await setting.run(['--discard', file]);

    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(
      'this would discard 11 dead-lettered messages: give --yes if that is meant',
    );
    expect(await lines()).toEqual([]);
    const confirmed = await setting.run(['--discard', file, '--yes', '--json']);
    expect(json(confirmed.stdout)).toMatchObject({ discarded: 11 });
  });

  it('counts the messages that cannot be seen yet', async () => {
    for (let n = 0; n < 25; n++) await setting.putDeadLetter(`nonsense ${n}`, sub(1));
    const refused = await setting.run(['--discard', file]);
    expect(refused.stderr).toContain('this would discard up to 25 dead-lettered messages');
  });

  it('is none where only others are many', async () => {
    for (let n = 0; n < 12; n++) await setting.deadLetter(person(n), 'invalid_email');
    await setting.putDeadLetter('nonsense', sub(20));
    const ended = await setting.run(['--discard', file, '--json']);
    expect(ended.code).toBe(0);
    expect(json(ended.stdout)).toMatchObject({ discarded: 1 });
  });

  it('of at most ten by --limit is not asked about', async () => {
    await putMalformed(12);
    const ended = await setting.run(['--discard', file, '--limit', '10', '--json']);
    expect(json(ended.stdout)).toMatchObject({ discarded: 10 });
  });
});

describe('a file that cannot take discarded messages', () => {
  it.each([
    ['another text', 'sub,email\n1,ada@example.com\n'],
    ['JSON lines of another kind', '{"sub":"1","outcome":"created"}\n'],
    ['a text without a line', 'SECRET=1'],
  ])('because it holds %s is refused and left as it is', async (_, text) => {
    await setting.putDeadLetter('nonsense', sub(1));
    await writeFile(file, text);
    const ended = await setting.run(['--discard', file]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(
      /^error: .*discarded.jsonl holds something else than discarded messages \(line 1\)/,
    );
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await setting.takeAll('dead letters')).toHaveLength(1);
  });

  it('because it is a folder, or its folder is missing, is refused in one line', async () => {
    await mkdir(file);
    for (const path of [file, join(directory, 'none', 'x.jsonl'), '/dev/null']) {
      const ended = await setting.run(['--discard', path]);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
      expect(ended.stderr).toContain(path);
    }
  });

  it.each([
    ['--replay', ['--replay'], 'cannot be used with'],
    ['--force', ['--force'], 'cannot be used with'],
  ])('or an option against it (%s) is refused', async (_, args, line) => {
    const ended = await setting.run(['--discard', file, ...args]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(line);
  });
});

describe('the file of discarded messages', () => {
  const letter = (messageId: string) => ({
    messageId,
    receiptHandle: 'r',
    groupId: 'g',
    body: `böse "${messageId}"`,
    reason: 'malformed_message',
    receiveCount: 1,
  });

  async function withFile(use: (kept: DiscardFile) => Promise<void>): Promise<void> {
    await using kept = await openDiscardFile(file);
    await use(kept);
  }

  it('cut off anywhere in its last line keeps the lines before, and takes the message again', async () => {
    await withFile(async (kept) => {
      await kept.keep(letter('a'));
      await kept.keep(letter('b'));
    });
    const whole = await readFile(file);
    const first = whole.indexOf('\n') + 1;
    for (let end = first; end < whole.length; end++) {
      await writeFile(file, whole.subarray(0, end));
      await withFile((kept) => kept.keep(letter('b')));
      expect(await readFile(file)).toEqual(whole);
    }
  });

  it('is made readable for its owner alone', async () => {
    await writeFile(file, '', { mode: 0o644 });
    await withFile(async () => {});
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is not opened by two runs at a time, and a killed run does not keep it', async () => {
    await withFile(async () => {
      await expect(openDiscardFile(file)).rejects.toThrow('in use by another redrive');
    });
    await writeFile(`${file}.lock`, '999999999');
    await withFile((kept) => kept.keep(letter('a')));
    await expect(stat(`${file}.lock`)).rejects.toThrow('ENOENT');
  });

  it('leaves a file alone that only has the name of its lock', async () => {
    await writeFile(`${file}.lock`, '# yarn lockfile v1\n');
    await expect(openDiscardFile(file)).rejects.toThrow('is a file of another program');
    expect(await readFile(`${file}.lock`, 'utf8')).toBe('# yarn lockfile v1\n');
  });

  it('refuses a foreign line behind its own', async () => {
    await withFile((kept) => kept.keep(letter('a')));
    await appendFile(file, 'mine\n');
    await expect(openDiscardFile(file)).rejects.toThrow('(line 2)');
    await expect(stat(`${file}.lock`)).rejects.toThrow('ENOENT');
  });
});
