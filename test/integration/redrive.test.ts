import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { at, observedUser } from '../fixtures/factories.ts';
import { withPlainLists } from '../fixtures/result-schema.ts';
import { type RedriveSetting, startRedriveSetting } from '../rigs/redrive-run.ts';

let setting: RedriveSetting;
beforeEach(async () => {
  setting = await startRedriveSetting();
});
afterEach(() => setting.close());

const sub = (n: number) => `eeeeeeee-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** The state of the n-th user at its k-th observation. */
function person(n: number, k = 0, partial: Partial<ObservedUser> = {}): ObservedUser {
  const email = `person-${n}@example.com`;
  const name = { givenName: 'Grace', familyName: `Name-${k}` };
  return observedUser({
    sub: sub(n),
    username: sub(n),
    email,
    ...name,
    observedAt: at(k),
    ...partial,
  });
}

async function buryAll(groups: number, each: number, reason = 'invalid_email') {
  for (let k = 0; k < each; k++) {
    for (let n = 0; n < groups; n++) await setting.bury(person(n, k), reason);
  }
}

/** The bodies of the n-th user's observations, in order. */
function bodies(n: number, each: number): string[][] {
  return Array.from({ length: each }, (_, k) => [sub(n), encodeMessage(person(n, k))]);
}

function ofGroup(messages: string[][], n: number): string[][] {
  return messages.filter(([group]) => group === sub(n));
}

const json = (stdout: string) => withPlainLists(JSON.parse(stdout));
const sends = () => setting.proxy.calls.filter(({ action }) => action === 'SendMessage');

describe('listing', () => {
  it('counts by reason, says what to do, and names no person', async () => {
    await setting.bury(person(1), 'invalid_email');
    await setting.bury(person(2), 'invalid_email');
    await setting.bury(person(3), 'user_creation_error');
    await setting.put('nonsense', sub(4));
    await setting.put(encodeMessage(person(5)), sub(5));
    const ended = await setting.run(['--json']);
    expect(ended.code).toBe(0);
    const result = json(ended.stdout);
    expect(result).toMatchObject({ deadLetters: 5, kept: 5, replayed: 0, failed: 0, unseen: 0 });
    expect(result.byReason).toMatchObject({
      invalid_email: { count: 2, replayable: true },
      user_creation_error: { count: 1, replayable: true },
      malformed_message: { count: 1, replayable: false },
      too_many_receives: { count: 1, replayable: true },
    });
    expect(result.messages).toHaveLength(5);
    expect(result.messages[0]).toEqual({
      messageId: expect.any(String),
      sub: sub(1),
      reason: 'invalid_email',
      sentAt: expect.stringMatching(/^\d{4}-.*Z$/),
      receiveCount: 1,
      fate: 'kept',
    });
    const text = await setting.run();
    expect(text.stdout).toMatch(/2\s+invalid_email\s+WorkOS refuses the address/);
    expect(text.stdout).toContain(sub(3));
    expect(ended.stdout + ended.stderr + text.stdout + text.stderr).not.toMatch(
      /example\.com|Grace/,
    );
  });

  it('leaves every message where it was, in order, for the next one who looks', async () => {
    await buryAll(25, 2);
    for (const _ of [1, 2]) {
      const result = json((await setting.run(['--json'])).stdout);
      expect(result).toMatchObject({ deadLetters: 25, inFlight: 0 });
    }
    const left = await setting.emptied('dead letters');
    for (let n = 0; n < 25; n++) expect(ofGroup(left, n)).toEqual(bodies(n, 2));
    expect(sends()).toEqual([]);
  });

  it('says that there is more behind the messages it can see', async () => {
    await buryAll(2, 3);
    const ended = await setting.run(['--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 2, unseen: 4 });
    expect((await setting.run()).stdout).toContain('About 4 more cannot be seen');
  });

  it('gives everything back at Ctrl-C', async () => {
    await buryAll(30, 1);
    let receives = 0;
    setting.proxy.onAnswer = ({ action }) => {
      if (action === 'ReceiveMessage' && ++receives === 2) child.kill('SIGINT');
    };
    const child = setting.start(['--json']);
    expect((await child.ended).code).toBe(130);
    setting.proxy.onAnswer = undefined;
    const result = json((await setting.run(['--json'])).stdout);
    expect(result).toMatchObject({ deadLetters: 30, inFlight: 0 });
  });

  it('an empty queue is done', async () => {
    const ended = await setting.run(['--json']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 0, byReason: {}, messages: [] });
  });
});

describe('replaying', () => {
  it("keeps each user's messages in order and leaves nothing behind", async () => {
    await buryAll(12, 4);
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(0);
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 48, replayed: 48, kept: 0, failed: 0 });
    const sent = await setting.emptied('sync');
    for (let n = 0; n < 12; n++) expect(ofGroup(sent, n)).toEqual(bodies(n, 4));
    expect(await setting.emptied('dead letters')).toEqual([]);
  });

  it('leaves what a replay cannot help, unless it is named or forced', async () => {
    await setting.put('nonsense', sub(1));
    await setting.put('{"version":99,"user":{}}', sub(2));
    await setting.bury(person(3), 'invalid_email');
    const first = await setting.run(['--replay', '--json']);
    expect(first.code).toBe(0);
    expect(json(first.stdout)).toMatchObject({ replayed: 1, kept: 2 });
    expect(await setting.emptied('sync')).toEqual(bodies(3, 1));

    const named = await setting.run(['--replay', '--reason', 'unsupported_version', '--json']);
    expect(json(named.stdout)).toMatchObject({ replayed: 1, kept: 1 });
    expect(await setting.emptied('sync')).toEqual([[sub(2), '{"version":99,"user":{}}']]);

    const forced = await setting.run(['--replay', '--force', '--json']);
    expect(json(forced.stdout)).toMatchObject({ replayed: 1, kept: 0 });
    expect(await setting.emptied('sync')).toEqual([[sub(1), 'nonsense']]);
  });

  it('replays the named reasons alone', async () => {
    await setting.bury(person(1), 'invalid_email');
    await setting.bury(person(2), 'invalid_metadata');
    await setting.bury(person(3), 'status_422');
    const reasons = ['--reason', 'invalid_email', '--reason', 'status_422'];
    const ended = await setting.run(['--replay', ...reasons, '--json']);
    expect(json(ended.stdout)).toMatchObject({ replayed: 2, kept: 1 });
    const sent = await setting.emptied('sync');
    expect(sent.sort()).toEqual([...bodies(1, 1), ...bodies(3, 1)]);
    expect(await setting.emptied('dead letters')).toEqual(bodies(2, 1));
  });

  it('says that a kept message hides others of its user', async () => {
    await setting.put('nonsense', sub(1));
    await setting.bury(person(1), 'invalid_email');
    const ended = await setting.run(['--replay']);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('--force replays those too, and gets past them');
    const forced = await setting.run(['--replay', '--force', '--json']);
    expect(forced.code).toBe(0);
    expect(await setting.emptied('sync')).toEqual([[sub(1), 'nonsense'], ...bodies(1, 1)]);
  });

  it('sends no more than the limit', async () => {
    await buryAll(5, 2);
    const ended = await setting.run(['--replay', '--limit', '3', '--json']);
    expect(ended.code).toBe(0);
    expect(json(ended.stdout)).toMatchObject({ replayed: 3 });
    expect(await setting.emptied('sync')).toHaveLength(3);
    expect(await setting.emptied('dead letters')).toHaveLength(7);
  });

  it('leaves a message that was moved to the dead-letter queue again while it runs', async () => {
    await setting.bury(person(1), 'invalid_email');
    await setting.bury(person(1, 1), 'invalid_email');
    setting.proxy.onAnswer = ({ action, body }) => {
      // A consumer that buries at once whatever it gets.
      if (action === 'SendMessage' && sends().length < 20) {
        void setting.put(String(body.MessageBody), String(body.MessageGroupId));
      }
    };
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 2, replayed: 2, returned: 1 });
    expect(sends()).toHaveLength(2);
    expect(await setting.emptied('dead letters')).toEqual(bodies(1, 2));
  });
});

describe('when something goes wrong in the middle', () => {
  /** Whatever happened, another run ends with every message sent once, in order. */
  async function expectAllOnceInOrder(groups: number, each: number) {
    setting.proxy.onRequest = undefined;
    setting.proxy.onAnswer = undefined;
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(0);
    const sent = await setting.emptied('sync');
    for (let n = 0; n < groups; n++) expect(ofGroup(sent, n)).toEqual(bodies(n, each));
    expect(sent).toHaveLength(groups * each);
    expect(await setting.emptied('dead letters')).toEqual([]);
  }

  it('a message that cannot be sent holds up its user alone', async () => {
    await buryAll(3, 3);
    const stuck = encodeMessage(person(1, 1));
    setting.proxy.onRequest = ({ action, body }) =>
      action === 'SendMessage' && body.MessageBody === stuck
        ? { kind: 'error', type: 'InvalidMessageContents' }
        : undefined;
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(1);
    const result = json(ended.stdout);
    expect(result).toMatchObject({ replayed: 7, failed: 1, unseen: 1 });
    expect(result.problems.join()).toContain('refuses sqs:SendMessage (InvalidMessageContents)');
    await expectAllOnceInOrder(3, 3);
  });

  it('nothing is lost when the queue stops taking messages', async () => {
    await buryAll(6, 3);
    setting.proxy.onRequest = ({ action }) =>
      action === 'SendMessage' && sends().length > 8 ? { kind: 'reset' } : undefined;
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout).replayed).toBeGreaterThan(0);
    expect(ended.stderr).toContain('did not answer (ECONNRESET)');
    await expectAllOnceInOrder(6, 3);
  });

  it('an answer that is lost sends nothing twice', async () => {
    await buryAll(4, 2);
    let requests = 0;
    setting.proxy.onRequest = ({ action }) => {
      const isLost = action !== 'GetQueueAttributes' && ++requests % 4 === 0;
      return isLost && action === 'SendMessage' ? { kind: 'lost_answer' } : undefined;
    };
    expect((await setting.run(['--replay', '--json'])).code).toBe(0);
    await expectAllOnceInOrder(4, 2);
  });

  it('a letter that was sent but not removed stays, and stops its user', async () => {
    await buryAll(2, 2);
    setting.proxy.onRequest = ({ action }) =>
      action === 'DeleteMessage' ? { kind: 'error', type: 'ReceiptHandleIsInvalid' } : undefined;
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout)).toMatchObject({ replayed: 0, failed: 2 });
    expect(sends()).toHaveLength(2);
    await expectAllOnceInOrder(2, 2);
  });

  it.each(['SendMessage', 'DeleteMessage', 'ReceiveMessage'])(
    'nothing is lost when it is killed at a %s',
    async (victim) => {
      await buryAll(5, 2);
      // What a killed run holds comes back after its hold; here after a second.
      setting.proxy.holdSeconds = 1;
      let count = 0;
      setting.proxy.onAnswer = ({ action }) => {
        if (action === victim && ++count === 2) child.kill('SIGKILL');
      };
      const child = setting.start(['--replay']);
      expect((await child.ended).code).toBeNull();
      setting.proxy.holdSeconds = undefined;
      setting.proxy.onAnswer = undefined;
      await expect.poll(() => inFlight(), { timeout: 10_000, interval: 300 }).toBe(0);
      await expectAllOnceInOrder(5, 2);
    },
  );

  async function inFlight(): Promise<number> {
    return json((await setting.run(['--json'])).stdout).inFlight;
  }

  it('says how many messages another receiver has in flight', async () => {
    await buryAll(3, 1);
    setting.proxy.onAnswer = ({ action }) => {
      if (action === 'ReceiveMessage') child.kill('SIGKILL');
    };
    const child = setting.start();
    await child.ended;
    setting.proxy.onAnswer = undefined;
    const ended = await setting.run();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('About 3 are in flight');
  });

  it('Ctrl-C ends a replay after what is in hand', async () => {
    await buryAll(20, 2);
    setting.proxy.onAnswer = ({ action }) => {
      // Once: a second Ctrl-C ends the process at once.
      if (action === 'SendMessage' && sends().length >= 5 && !child.killed) child.kill('SIGINT');
    };
    const child = setting.start(['--replay', '--json']);
    const ended = await child.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('run the same command again to go on');
    expect(json(ended.stdout).replayed).toBeLessThan(40);
    await expectAllOnceInOrder(20, 2);
  });
});

describe('what it cannot run with', () => {
  const cases: [string, string[], Record<string, string>, string][] = [
    ['no dead-letter queue', [], { SYNC_DLQ_URL: '' }, 'SYNC_DLQ_URL is not set'],
    ['no sync queue', ['--replay'], { SYNC_QUEUE_URL: '' }, 'SYNC_QUEUE_URL is not set'],
    ['no URL', ['--dlq-url', 'queue'], {}, '--dlq-url is not a URL'],
    ['a standard queue', ['--dlq-url', 'http://x/1/name'], {}, '--dlq-url is not a FIFO queue'],
    ['reasons without a replay', ['--reason', 'x'], {}, 'give --replay too'],
    ['a bad limit', ['--limit', '0'], {}, 'whole number above 0'],
    ['no region', [], { AWS_REGION: '' }, 'set AWS_REGION'],
  ];
  it.each(cases)('%s: one line says so', async (_, args, env, line) => {
    const ended = await setting.run(args, env);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(line);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.stdout).toBe('');
  });

  it('one queue for both', async () => {
    const url = setting.queue.deadLetterQueueUrl;
    const ended = await setting.run(['--replay', '--queue-url', url]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('one and the same');
  });

  it('a queue that does not exist', async () => {
    const url = `${setting.proxy.endpoint}/000000000000/none.fifo`;
    const ended = await setting.run(['--dlq-url', url]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`there is no queue ${url}`);
  });

  it('a sync queue that does not exist: nothing is taken from the dead letters', async () => {
    await buryAll(2, 2);
    const url = `${setting.proxy.endpoint}/000000000000/none.fifo`;
    const ended = await setting.run(['--replay', '--queue-url', url]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`there is no queue ${url}`);
    expect(await setting.emptied('dead letters')).toHaveLength(4);
  });

  it.each([
    ['GetQueueAttributes', 'sqs:GetQueueAttributes'],
    ['ReceiveMessage', 'sqs:ReceiveMessage'],
    ['SendMessage', 'sqs:SendMessage'],
    ['DeleteMessage', 'sqs:DeleteMessage'],
  ])('no permission for %s: it is named, and nothing is lost', async (action, permission) => {
    await buryAll(2, 2);
    setting.proxy.onRequest = (call) =>
      call.action === action ? { kind: 'error', type: 'AccessDenied', status: 403 } : undefined;
    const ended = await setting.run(['--replay']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`allow ${permission} on ${setting.proxy.endpoint}`);
    expect(await setting.emptied('dead letters')).toHaveLength(4);
  });

  it('no permission to give messages back: it is named, and they come back by themselves', async () => {
    await buryAll(2, 1);
    setting.proxy.holdSeconds = 1;
    setting.proxy.onRequest = ({ action }) =>
      action === 'ChangeMessageVisibilityBatch'
        ? { kind: 'error', type: 'AccessDenied', status: 403 }
        : undefined;
    const ended = await setting.run(['--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 2 });
    expect(ended.stderr).toContain('allow sqs:ChangeMessageVisibility on');
    await expect.poll(() => setting.emptied('dead letters'), { timeout: 5_000 }).toHaveLength(2);
  });

  it('credentials that have expired', async () => {
    setting.proxy.onRequest = () => ({ kind: 'error', type: 'ExpiredToken', status: 403 });
    const ended = await setting.run();
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('they are wrong or have expired');
  });
});
