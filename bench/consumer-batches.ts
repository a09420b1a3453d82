import * as v from 'valibot';
import { messageToRecord, type SqsEvent } from '../local/emulators/lambda/sqs-event.ts';
import { encodeMessage } from '../src/user/message.ts';
import type { ObservedUser } from '../src/user/observed-user.ts';
import type { DualRun } from '../test/rigs/dual-run.ts';

/** The batch size in serverless.yml, which is also the most that SQS returns of one group. */
const BATCH = 10;

const answerSchema = v.object({ batchItemFailures: v.array(v.unknown()) });

/** Observations → the events that Lambda would make of a full FIFO queue. */
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

/** One invocation after another, as Lambda does with a single group. */
export async function invokeInTurn(run: DualRun, events: readonly SqsEvent[]): Promise<void> {
  for (const event of events) {
    const answer = v.parse(answerSchema, await run.lambda.invoke('consumer', event));
    if (answer.batchItemFailures.length > 0) throw new Error('the consumer returned messages');
  }
}
