import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import { createDeadLetter } from '../../src/consumer/dead-letter.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { sqsRecord } from '../fixtures/sqs-record.ts';
import { type SqsProxy, startSqsProxy } from '../stand-ins/sqs-proxy.ts';
import { type CommandSetting, type RunningCommand, startCommandSetting } from './command-run.ts';
import { receiveAll } from './dual-run.ts';
import type { EndedProcess } from './ended-process.ts';

/** `npx cws redrive` on an emulated FIFO queue and its dead-letter queue. */
export type RedriveSetting = {
  queue: LocalQueue;
  proxy: SqsProxy;
  start(args?: string[], env?: Record<string, string>): RunningCommand;
  run(args?: string[], env?: Record<string, string>): Promise<EndedProcess>;
  /** Sends the user to the dead-letter queue through the consumer's own code. */
  deadLetter(user: ObservedUser, reason: string): Promise<void>;
  /** Sends a message to the dead-letter queue, without the attributes that the consumer adds. */
  putDeadLetter(body: string, group: string): Promise<void>;
  /** Receives and deletes all messages of a queue, in order: [group, body]. */
  takeAll(which: 'sync' | 'dead letters'): Promise<string[][]>;
  close(): Promise<void>;
};

export async function startRedriveSetting(queue?: LocalQueue): Promise<RedriveSetting> {
  const setting: CommandSetting = await startCommandSetting();
  const ownQueue = queue ?? (await startQueue());
  const proxy = await startSqsProxy(ownQueue.endpoint);
  const through = (url: string) => proxy.endpoint + new URL(url).pathname;
  const sendToDeadLetterQueue = createDeadLetter({
    sqs: ownQueue.client,
    deadLetterQueueUrl: ownQueue.deadLetterQueueUrl,
  });
  let sent = 0;

  const queues = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SQS: proxy.endpoint,
    SYNC_QUEUE_URL: through(ownQueue.queueUrl),
    SYNC_DLQ_URL: through(ownQueue.deadLetterQueueUrl),
  };
  const putDeadLetter: RedriveSetting['putDeadLetter'] = async (body, group) => {
    await ownQueue.client.send(
      new SendMessageCommand({
        QueueUrl: ownQueue.deadLetterQueueUrl,
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: `put-${sent++}`,
      }),
    );
  };
  return {
    queue: ownQueue,
    proxy,
    start: (args = [], env = {}) => setting.start('redrive', args, { ...queues, ...env }),
    run: (args = [], env = {}) => setting.run('redrive', args, { ...queues, ...env }),
    putDeadLetter,
    async deadLetter(user, reason) {
      const record = sqsRecord(`dead-letter-${sent++}`, user.sub, encodeMessage(user));
      await sendToDeadLetterQueue(record, reason);
    },
    async takeAll(which) {
      const url = which === 'sync' ? ownQueue.queueUrl : ownQueue.deadLetterQueueUrl;
      const messages = await receiveAll(ownQueue.client, url);
      return messages.map(({ Attributes, Body }) => [Attributes?.MessageGroupId ?? '', Body ?? '']);
    },
    async close() {
      await setting.close();
      await proxy.close();
      if (!queue) await ownQueue.close();
    },
  };
}
