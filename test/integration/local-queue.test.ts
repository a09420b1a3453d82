import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it, onTestFinished } from 'vitest';
import { type SentMessage, startQueue } from '../../local/emulators/sqs.ts';

it('the local SQS does not report a message that the queue already had', async () => {
  const sent: SentMessage[] = [];
  const queue = await startQueue({ onSend: (message) => sent.push(message) });
  onTestFinished(() => queue.close());
  const send = (MessageDeduplicationId: string) =>
    queue.client.send(
      new SendMessageCommand({
        QueueUrl: queue.queueUrl,
        MessageBody: 'not a message',
        MessageGroupId: 'someone',
        MessageDeduplicationId,
      }),
    );
  const [first, again] = [await send('once'), await send('once')];
  expect(again.MessageId).toBe(first.MessageId);
  const other = await send('another');
  expect(sent.map(({ messageId }) => messageId)).toEqual([first.MessageId, other.MessageId]);
});
