import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { at } from '../fixtures/factories.ts';
import { numberedUser, numberedSub as sub } from '../fixtures/numbered-user.ts';
import { withPlainLists } from '../fixtures/result-schema.ts';
import { type RedriveSetting, startRedriveSetting } from '../rigs/redrive-run.ts';

let setting: RedriveSetting;
beforeEach(async () => {
  setting = await startRedriveSetting();
});
afterEach(() => setting.close());

/** The state of the n-th user at its k-th observation. */
function person(n: number, k = 0, partial: Partial<ObservedUser> = {}): ObservedUser {
  const name = { givenName: 'Grace', familyName: `Name-${k}` };
  return numberedUser(n, { ...name, observedAt: at(k), ...partial });
}

/** Moves so many observations of so many users to the dead-letter queue, as the consumer does. */
async function moveAllToDeadLetterQueue(groups: number, each: number, reason = 'invalid_email') {
  for (let k = 0; k < each; k++) {
    for (let n = 0; n < groups; n++) await setting.deadLetter(person(n, k), reason);
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

describe('redrive', () => {
  it('counts dead letters by reason, says what to do, and prints no email or name', async () => {
    await setting.deadLetter(person(1), 'invalid_email');
    await setting.deadLetter(person(2), 'invalid_email');
    await setting.deadLetter(person(3), 'user_creation_error');
    await setting.putDeadLetter('nonsense', sub(4));
    await setting.putDeadLetter(encodeMessage(person(5)), sub(5));
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

  it('leaves every message in the dead-letter queue, in order, for the next reader', async () => {
    await moveAllToDeadLetterQueue(25, 2);
    for (const _ of [1, 2]) {
      const result = json((await setting.run(['--json'])).stdout);
      expect(result).toMatchObject({ deadLetters: 25, inFlight: 0 });
    }
    const left = await setting.takeAll('dead letters');
    for (let n = 0; n < 25; n++) expect(ofGroup(left, n)).toEqual(bodies(n, 2));
    expect(sends()).toEqual([]);
  });

  it('exits with 1 and counts the messages that wait behind visible ones', async () => {
    await moveAllToDeadLetterQueue(2, 3);
    const ended = await setting.run(['--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 2, unseen: 4 });
    expect((await setting.run()).stdout).toContain('About 4 more cannot be seen');
  });

  it('releases all messages at Ctrl-C', async () => {
    await moveAllToDeadLetterQueue(30, 1);
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

  it('exits with 0 when the dead-letter queue is empty', async () => {
    const ended = await setting.run(['--json']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 0, byReason: {}, messages: [] });
  });
});

describe('redrive --replay', () => {
  it('replays the messages of each user in order, and empties the dead-letter queue', async () => {
    await moveAllToDeadLetterQueue(12, 4);
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(0);
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 48, replayed: 48, kept: 0, failed: 0 });
    const sent = await setting.takeAll('sync');
    for (let n = 0; n < 12; n++) expect(ofGroup(sent, n)).toEqual(bodies(n, 4));
    expect(await setting.takeAll('dead letters')).toEqual([]);
  });

  it('keeps messages that a replay cannot help, unless --reason names them or --force is given', async () => {
    await setting.putDeadLetter('nonsense', sub(1));
    await setting.putDeadLetter('{"version":99,"user":{}}', sub(2));
    await setting.deadLetter(person(3), 'invalid_email');
    const first = await setting.run(['--replay', '--json']);
    expect(first.code).toBe(0);
    expect(json(first.stdout)).toMatchObject({ replayed: 1, kept: 2 });
    expect(await setting.takeAll('sync')).toEqual(bodies(3, 1));

    const named = await setting.run(['--replay', '--reason', 'unsupported_version', '--json']);
    expect(json(named.stdout)).toMatchObject({ replayed: 1, kept: 1 });
    expect(await setting.takeAll('sync')).toEqual([[sub(2), '{"version":99,"user":{}}']]);

    const forced = await setting.run(['--replay', '--force', '--json']);
    expect(json(forced.stdout)).toMatchObject({ replayed: 1, kept: 0 });
    expect(await setting.takeAll('sync')).toEqual([[sub(1), 'nonsense']]);
  });

  it('replays only messages with a reason that --reason names', async () => {
    await setting.deadLetter(person(1), 'invalid_email');
    await setting.deadLetter(person(2), 'invalid_metadata');
    await setting.deadLetter(person(3), 'status_422');
    const reasons = ['--reason', 'invalid_email', '--reason', 'status_422'];
    const ended = await setting.run(['--replay', ...reasons, '--json']);
    expect(json(ended.stdout)).toMatchObject({ replayed: 2, kept: 1 });
    const sent = await setting.takeAll('sync');
    expect(sent.sort()).toEqual([...bodies(1, 1), ...bodies(3, 1)]);
    expect(await setting.takeAll('dead letters')).toEqual(bodies(2, 1));
  });

  it('exits with 1 and points to --force when a kept message hides others of its user', async () => {
    await setting.putDeadLetter('nonsense', sub(1));
    await setting.deadLetter(person(1), 'invalid_email');
    const ended = await setting.run(['--replay']);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('--force replays those too, and gets past them');
    const forced = await setting.run(['--replay', '--force', '--json']);
    expect(forced.code).toBe(0);
    expect(await setting.takeAll('sync')).toEqual([[sub(1), 'nonsense'], ...bodies(1, 1)]);
  });

  it('replays at most --limit messages', async () => {
    await moveAllToDeadLetterQueue(5, 2);
    const ended = await setting.run(['--replay', '--limit', '3', '--json']);
    expect(ended.code).toBe(0);
    expect(json(ended.stdout)).toMatchObject({ replayed: 3 });
    expect(await setting.takeAll('sync')).toHaveLength(3);
    expect(await setting.takeAll('dead letters')).toHaveLength(7);
  });

  it('does not replay a message again that returned to the dead-letter queue during the run', async () => {
    await setting.deadLetter(person(1), 'invalid_email');
    await setting.deadLetter(person(1, 1), 'invalid_email');
    setting.proxy.onAnswer = ({ action, body }) => {
      // A consumer that moves every message to the dead-letter queue at once.
      if (action === 'SendMessage' && sends().length < 20) {
        void setting.putDeadLetter(String(body.MessageBody), String(body.MessageGroupId));
      }
    };
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 2, replayed: 2, returned: 1 });
    expect(sends()).toHaveLength(2);
    expect(await setting.takeAll('dead letters')).toEqual(bodies(1, 2));
  });
});

describe('redrive --replay, when something fails midway', () => {
  /** After another run, every message has been sent once, in order. */
  async function expectAllOnceInOrder(groups: number, each: number) {
    setting.proxy.onRequest = undefined;
    setting.proxy.onAnswer = undefined;
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(0);
    const sent = await setting.takeAll('sync');
    for (let n = 0; n < groups; n++) expect(ofGroup(sent, n)).toEqual(bodies(n, each));
    expect(sent).toHaveLength(groups * each);
    expect(await setting.takeAll('dead letters')).toEqual([]);
  }

  it('holds up only one user when a message cannot be sent', async () => {
    await moveAllToDeadLetterQueue(3, 3);
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

  it('loses no message when the queue stops accepting messages', async () => {
    await moveAllToDeadLetterQueue(6, 3);
    setting.proxy.onRequest = ({ action }) =>
      action === 'SendMessage' && sends().length > 8 ? { kind: 'reset' } : undefined;
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout).replayed).toBeGreaterThan(0);
    expect(ended.stderr).toContain('did not answer (ECONNRESET)');
    await expectAllOnceInOrder(6, 3);
  });

  it('sends no message twice when an answer is lost', async () => {
    await moveAllToDeadLetterQueue(4, 2);
    let requests = 0;
    setting.proxy.onRequest = ({ action }) => {
      const isLost = action !== 'GetQueueAttributes' && ++requests % 4 === 0;
      return isLost && action === 'SendMessage' ? { kind: 'lost_answer' } : undefined;
    };
    expect((await setting.run(['--replay', '--json'])).code).toBe(0);
    await expectAllOnceInOrder(4, 2);
  });

  it('keeps a message that was sent and could not be deleted, and stops at its user', async () => {
    await moveAllToDeadLetterQueue(2, 2);
    setting.proxy.onRequest = ({ action }) =>
      action === 'DeleteMessage' ? { kind: 'error', type: 'ReceiptHandleIsInvalid' } : undefined;
    const ended = await setting.run(['--replay', '--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout)).toMatchObject({ replayed: 0, failed: 2 });
    expect(sends()).toHaveLength(2);
    await expectAllOnceInOrder(2, 2);
  });

  it.each(['SendMessage', 'DeleteMessage', 'ReceiveMessage'])(
    'loses no message when it is killed at a %s',
    async (victim) => {
      await moveAllToDeadLetterQueue(5, 2);
      // The messages of a killed run become visible after its visibility timeout; here after a second.
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

  it('exits with 1 and counts the messages that another reader holds', async () => {
    await moveAllToDeadLetterQueue(3, 1);
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

  it('ends at Ctrl-C after the messages in progress, and says how to continue', async () => {
    await moveAllToDeadLetterQueue(20, 2);
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

describe('redrive, when it cannot run', () => {
  const cases: [string, string[], Record<string, string>, string][] = [
    ['no dead-letter queue', [], { SYNC_DLQ_URL: '' }, 'SYNC_DLQ_URL is not set'],
    ['no sync queue', ['--replay'], { SYNC_QUEUE_URL: '' }, 'SYNC_QUEUE_URL is not set'],
    ['a queue that is not a URL', ['--dlq-url', 'queue'], {}, '--dlq-url is not a URL'],
    ['a standard queue', ['--dlq-url', 'http://x/1/name'], {}, '--dlq-url is not a FIFO queue'],
    ['reasons without a replay', ['--reason', 'x'], {}, 'give --replay too'],
    ['a bad limit', ['--limit', '0'], {}, 'whole number above 0'],
    ['no region', [], { AWS_REGION: '' }, 'set AWS_REGION'],
  ];
  it.each(cases)('exits with 2 and one error line for %s', async (_, args, env, line) => {
    const ended = await setting.run(args, env);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(line);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.stdout).toBe('');
  });

  it('exits with 2 when both queues are the same', async () => {
    const url = setting.queue.deadLetterQueueUrl;
    const ended = await setting.run(['--replay', '--queue-url', url]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('one and the same');
  });

  it('exits with 2 when the dead-letter queue does not exist', async () => {
    const url = `${setting.proxy.endpoint}/000000000000/none.fifo`;
    const ended = await setting.run(['--dlq-url', url]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`there is no queue ${url}`);
  });

  it('exits with 2 when the sync queue does not exist, and keeps the dead letters', async () => {
    await moveAllToDeadLetterQueue(2, 2);
    const url = `${setting.proxy.endpoint}/000000000000/none.fifo`;
    const ended = await setting.run(['--replay', '--queue-url', url]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`there is no queue ${url}`);
    expect(await setting.takeAll('dead letters')).toHaveLength(4);
  });

  it.each([
    ['GetQueueAttributes', 'sqs:GetQueueAttributes'],
    ['ReceiveMessage', 'sqs:ReceiveMessage'],
    ['SendMessage', 'sqs:SendMessage'],
    ['DeleteMessage', 'sqs:DeleteMessage'],
  ])(
    'exits with 2 when %s is denied, names the permission %s, and loses no message',
    async (action, permission) => {
      await moveAllToDeadLetterQueue(2, 2);
      setting.proxy.onRequest = (call) =>
        call.action === action ? { kind: 'error', type: 'AccessDenied', status: 403 } : undefined;
      const ended = await setting.run(['--replay']);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toContain(`allow ${permission} on ${setting.proxy.endpoint}`);
      expect(await setting.takeAll('dead letters')).toHaveLength(4);
    },
  );

  it('exits with 1 when messages may not be released, and they become visible by themselves', async () => {
    await moveAllToDeadLetterQueue(2, 1);
    setting.proxy.holdSeconds = 1;
    setting.proxy.onRequest = ({ action }) =>
      action === 'ChangeMessageVisibilityBatch'
        ? { kind: 'error', type: 'AccessDenied', status: 403 }
        : undefined;
    const ended = await setting.run(['--json']);
    expect(ended.code).toBe(1);
    expect(json(ended.stdout)).toMatchObject({ deadLetters: 2 });
    expect(ended.stderr).toContain('allow sqs:ChangeMessageVisibility on');
    await expect.poll(() => setting.takeAll('dead letters'), { timeout: 5_000 }).toHaveLength(2);
  });

  it('exits with 2 when the credentials have expired', async () => {
    setting.proxy.onRequest = () => ({ kind: 'error', type: 'ExpiredToken', status: 403 });
    const ended = await setting.run();
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('they are wrong or have expired');
  });
});
