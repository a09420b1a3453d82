import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { CallEvent } from './emulators/cognito/call-event.ts';
import { createRule } from './emulators/event-bridge.ts';
import type { LocalQueue } from './emulators/sqs.ts';

/**
 * CloudTrail and the rule of serverless/pool-change.yml: from `start` on, calls of the Cognito API that the rule
 * matches are sent to the queue of pool changes.
 */
export function createTrail(options: { queue: LocalQueue; pattern: unknown }): {
  report(event: CallEvent): Promise<void>;
  start(): void;
} {
  const { queue, pattern } = options;
  let isLogging = false;
  const put = createRule({
    pattern,
    async target(event) {
      const MessageBody = JSON.stringify(event);
      await queue.client.send(
        new SendMessageCommand({ QueueUrl: queue.changes.queueUrl, MessageBody }),
      );
    },
  });
  return {
    async report(event) {
      if (isLogging) await put(event);
    },
    start() {
      isLogging = true;
    },
  };
}
