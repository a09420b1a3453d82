import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Environment } from '../config/environment.ts';
import { SERVICE } from '../user-pool-triggers/function-name.ts';

/** The outputs of the deployed stack, and the variables of the commands that they are the values of. */
const VARIABLES: Record<string, string> = {
  SyncQueueUrl: 'SYNC_QUEUE_URL',
  SyncDeadLetterQueueUrl: 'SYNC_DLQ_URL',
  SyncLedgerTable: 'SYNC_LEDGER_TABLE',
};

const DEADLINE_MS = 5_000;

/**
 * The variables that name the queues and the ledger of a stage, from the outputs of its stack. Empty where there
 * is no stack, or where the credentials may not `cloudformation:DescribeStacks`: a command that needs one of
 * them says which.
 */
export async function readStackVariables(
  client: CloudFormationClient,
  stage: string,
): Promise<Environment> {
  try {
    const command = new DescribeStacksCommand({ StackName: `${SERVICE}-${stage}` });
    const { Stacks = [] } = await client.send(command, {
      abortSignal: AbortSignal.timeout(DEADLINE_MS),
    });
    const outputs = Stacks[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.flatMap(({ OutputKey = '', OutputValue }) => {
        const variable = VARIABLES[OutputKey];
        return variable === undefined || OutputValue === undefined ? [] : [[variable, OutputValue]];
      }),
    );
  } catch {
    return {};
  }
}
