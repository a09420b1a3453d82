import { messageToRecord, type SqsEvent } from '../local/emulators/lambda/sqs-event.ts';
import { encodeMessage } from '../src/user/message.ts';
import type { ObservedUser } from '../src/user/observed-user.ts';
import type { DualRun } from '../test/rigs/dual-run.ts';

/** As serverless.yml has it, and as much of one group as SQS gives at once. */
const BATCH = 10;

/** Observations → events as Lambda would make them of a FIFO queue that is full of them. */
export function observationsToEvents(users: readonly ObservedUser[], run: DualRun): SqsEvent[] {
  const records = users.map((user, index) =>
    messageToRecord(
      {
        MessageId: `bench-${index}-${user.observedAt}`,
        ReceiptHandle: `handle-${index}`,
        Body: encodeMessage(user),
        Attributes: { MessageGroupId: user.sub, ApproximateReceiveCount: '1' },
      },
      run.queue.queueArn,
      'us-east-1',
    ),
  );
  return Array.from({ length: Math.ceil(records.length / BATCH) }, (_, index) => ({
    Records: records.slice(index * BATCH, (index + 1) * BATCH),
  }));
}

/** One invocation after another: nothing else is possible with one group. */
export async function invokeInTurn(run: DualRun, events: readonly SqsEvent[]): Promise<void> {
  for (const event of events) {
    const answer = (await run.lambda.invoke('consumer', event)) as {
      batchItemFailures: unknown[];
    };
    if (answer.batchItemFailures.length > 0) throw new Error('the consumer handed messages back');
  }
}
