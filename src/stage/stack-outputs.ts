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

/** What a deployed stack tells of itself, by name. */
export type StackValues = {
  outputs: Record<string, string>;
  parameters: Record<string, string>;
};

export function stackName(stage: string): string {
  return `${SERVICE}-${stage}`;
}

/**
 * The outputs and parameters of a stage's stack. Needs cloudformation:DescribeStacks.
 *
 * @throws the error of the AWS SDK: a stack that does not exist is a ValidationError.
 */
export async function readStackValues(
  client: CloudFormationClient,
  stage: string,
): Promise<StackValues> {
  const command = new DescribeStacksCommand({ StackName: stackName(stage) });
  const abortSignal = AbortSignal.timeout(DEADLINE_MS);
  const { Stacks: [stack] = [] } = await client.send(command, { abortSignal });
  const { Outputs = [], Parameters = [] } = stack ?? {};
  return {
    outputs: byName(Outputs.map((each) => [each.OutputKey, each.OutputValue])),
    parameters: byName(Parameters.map((each) => [each.ParameterKey, each.ParameterValue])),
  };
}

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
    const { outputs } = await readStackValues(client, stage);
    return Object.fromEntries(
      Object.entries(outputs).flatMap(([name, value]) => {
        const variable = VARIABLES[name];
        return variable === undefined ? [] : [[variable, value]];
      }),
    );
  } catch {
    return {};
  }
}

/** Pairs of a name and a value, of which each may be absent → an object of those that are whole. */
export function byName(
  pairs: (readonly [name: string | undefined, value: string | undefined])[],
): Record<string, string> {
  return Object.fromEntries(
    pairs.flatMap(([name, value]) =>
      name === undefined || value === undefined ? [] : [[name, value]],
    ),
  );
}
