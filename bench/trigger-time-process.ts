import { createRequire } from 'node:module';
import type { SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { encodeMessage } from '../src/user/message.ts';
import { observedUser, triggerEvent } from '../test/fixtures/factories.ts';

/** The task that `trigger-time.ts` sends to this process. */
export type TriggerTask = {
  handlerFile: string;
  senderFile: string;
  triggerSource: string;
  queueUrl: string;
  pairs: number;
};

/** The milliseconds of one pair of calls. */
export type TriggerSample = { ours: number; raw: number };

type TriggerHandler = (event: unknown, context: object) => Promise<unknown>;
type RawSend = (input: SendMessageCommandInput) => Promise<unknown>;

process.once('message', async (task: TriggerTask) => {
  process.send?.(await measure(task));
});

async function measure(task: TriggerTask): Promise<TriggerSample[]> {
  const require = createRequire(import.meta.url);
  const { handler }: { handler: TriggerHandler } = require(task.handlerFile);
  const { send }: { send: RawSend } = require(task.senderFile);
  const body = encodeMessage(observedUser());

  const timeOurs = (pair: number) => {
    const sub = subOf(pair);
    const event = triggerEvent({ triggerSource: task.triggerSource, userAttributes: { sub } });
    const context = { functionName: 'bench', awsRequestId: `ours-${pair}` };
    return time(() => handler(event, context));
  };
  const timeRaw = (pair: number) => {
    const input = {
      QueueUrl: task.queueUrl,
      MessageBody: body,
      MessageGroupId: subOf(pair),
      MessageDeduplicationId: `raw-${pair}`,
    };
    return time(() => send(input));
  };

  const samples: TriggerSample[] = [];
  for (let pair = 0; pair < task.pairs; pair++) {
    // The order alternates, so that neither is always the one that runs after the other.
    if (pair % 2 === 0) samples.push({ ours: await timeOurs(pair), raw: await timeRaw(pair) });
    else samples.push({ raw: await timeRaw(pair), ours: await timeOurs(pair) });
  }
  return samples;
}

async function time(call: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await call();
  return performance.now() - from;
}

function subOf(pair: number): string {
  return `aaaaaaaa-0000-4000-8000-${String(pair).padStart(12, '0')}`;
}
