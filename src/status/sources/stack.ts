import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { classifyAwsError } from '../../aws/classify-aws-error.ts';
import { OperatorError } from '../../operator-error.ts';
import { byName, stackName } from '../../stage/stack-outputs.ts';
import type { StackFact } from '../facts.ts';

/**
 * The stack of a stage; undefined where there is none. Needs cloudformation:DescribeStacks.
 *
 * @throws IncompleteStackError, or the error of the AWS SDK.
 */
export async function findStack(
  client: Pick<CloudFormationClient, 'send'>,
  stage: string,
  abortSignal: AbortSignal,
): Promise<StackFact | undefined> {
  const name = stackName(stage);
  const command = new DescribeStacksCommand({ StackName: name });
  const answer = await client.send(command, { abortSignal }).catch((error: unknown) => {
    const failure = classifyAwsError(error);
    // A stack that does not exist is a ValidationError (API reference, DescribeStacks).
    if (failure.kind === 'refused' && failure.name === 'ValidationError') return undefined;
    throw error;
  });
  if (!answer) return undefined;
  const [stack] = answer.Stacks ?? [];
  if (!stack) throw new IncompleteStackError(name);
  const { StackStatus: status, CreationTime: created, Outputs = [], Parameters = [] } = stack;
  if (status === undefined || created === undefined) throw new IncompleteStackError(name);
  const outputs = byName(Outputs.map((each) => [each.OutputKey, each.OutputValue]));
  const given = byName(Parameters.map((each) => [each.ParameterKey, each.ParameterValue]));
  const { UserPoolId: userPoolId, Patrol: patrol } = given;
  const { SyncVersion: version } = outputs;
  return {
    name,
    status,
    ...(version !== undefined && { version }),
    ...(userPoolId !== undefined && { userPoolId }),
    createdAt: created.toISOString(),
    updatedAt: (stack.LastUpdatedTime ?? created).toISOString(),
    ...(patrol !== undefined && { patrol }),
    outputs,
  };
}

class IncompleteStackError extends OperatorError {
  override name = 'IncompleteStackError';
  constructor(stack: string) {
    super(`the answer to cloudformation:DescribeStacks does not tell of ${stack}`);
  }
}
