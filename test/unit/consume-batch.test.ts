import { expect, it } from 'vitest';
import { createBatchConsumer } from '../../src/consumer/consume-batch.ts';
import { encodeMessage } from '../../src/user/message.ts';
import { RetryableError } from '../../src/workos/users.ts';
import { observedUser } from '../fixtures/factories.ts';
import { noPasswords } from '../fixtures/no-passwords.ts';
import { sqsRecord } from '../fixtures/sqs-record.ts';

const record = (messageId: string, group: string, sub: string) =>
  sqsRecord(messageId, group, encodeMessage(observedUser({ sub })));

it('the consumer does not mirror a message behind one of its group that is retried, and reports both as failed', async () => {
  const mirrored: string[] = [];
  const consumeBatch = createBatchConsumer({
    toCarriedPassword: noPasswords,
    mirror: {
      isOwed: () => false,
      prepare: async () => {},
      async mirror({ sub }) {
        if (sub === 'fails') throw new RetryableError('WorkOS did not answer', { status: 503 });
        mirrored.push(sub);
        return { outcome: 'created', workosUserId: sub };
      },
      noteRefusal: async () => {},
      settleGone: async () => ({ outcome: 'skipped', reason: 'gone' }),
      noteBan: async () => {},
    },
    findActive: async () => undefined,
    profiles: { asOf: 'now', find: async () => undefined },
    deadLetter: async () => {},
    retry: async () => [],
    log: { info() {}, warn() {}, error() {} },
    counters: { count() {}, observationAge() {} },
    clock: () => new Date(0),
  });
  const Records = [
    record('1', 'a', 'before'),
    record('2', 'a', 'fails'),
    record('3', 'a', 'behind'),
    record('4', 'b', 'other-group'),
  ];
  const answer = await consumeBatch({ Records }, new AbortController().signal);
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: '2' }, { itemIdentifier: '3' }]);
  expect(mirrored.sort()).toEqual(['before', 'other-group']);
});
