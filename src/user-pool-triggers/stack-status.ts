import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { summarizeError } from '../telemetry/summarize-error.ts';
import type { Log } from '../telemetry/telemetry.ts';

/**
 * Whether the stack is being rolled back. An update back to the former properties looks like one forward to
 * them, and only CloudFormation can tell (API reference, Stack: StackStatus). Where it cannot be asked, the
 * answer is no.
 *
 * @param options.stackId the role lets the function ask about its own stack only.
 */
export function createRollBackQuestion(options: {
  client: CloudFormationClient;
  stackId: string;
  log: Log;
}): () => Promise<boolean> {
  const { client, stackId, log } = options;
  return async () => {
    try {
      const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackId }));
      return Stacks.some(({ StackStatus }) => StackStatus?.includes('ROLLBACK_IN_PROGRESS'));
    } catch (error) {
      log.warn('CloudFormation cannot say whether this is a roll-back: taken for none', {
        error: summarizeError(error),
      });
      return false;
    }
  };
}
