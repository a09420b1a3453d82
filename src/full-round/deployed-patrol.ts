import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { OperatorError } from '../operator-error.ts';
import { readStackValues, type StackValues, stackName } from '../stage/stack-outputs.ts';

/** The stage's stack cannot carry a full round; the message says what to do. */
export class DeployedPatrolError extends OperatorError {
  override name = 'DeployedPatrolError';
}

/** What a full round in AWS runs on. */
export type DeployedPatrol = {
  /** The ARN. */
  stateMachine: string;
  /** The ledger's table, which has the state of the patrol. */
  table: string;
  queueUrl: string;
  deadLetterQueueUrl: string;
};

/**
 * Finds the patrol of a stage in the outputs of its stack; variables are not asked, so that what is started and
 * what is watched belong together. Needs cloudformation:DescribeStacks.
 *
 * @throws DeployedPatrolError where there is no stack, it is of another pool, it was deployed before there was a
 *   patrol, or the credentials may not read it.
 */
export async function findDeployedPatrol(
  client: CloudFormationClient,
  { stage, userPoolId }: { stage: string; userPoolId: string },
): Promise<DeployedPatrol> {
  const { outputs, parameters } = await readStack(client, stage);
  const { UserPoolId: deployedPool = userPoolId } = parameters;
  if (deployedPool !== userPoolId) {
    throw new DeployedPatrolError(
      `the stack ${stackName(stage)} is deployed for the user pool ${deployedPool || '(none)'}, not for ${userPoolId}: give the stage of this pool`,
    );
  }
  const { SyncPatrolStateMachine: stateMachine, SyncLedgerTable: table } = outputs;
  const { SyncQueueUrl: queueUrl, SyncDeadLetterQueueUrl: deadLetterQueueUrl } = outputs;
  if (stateMachine && table && queueUrl && deadLetterQueueUrl) {
    return { stateMachine, table, queueUrl, deadLetterQueueUrl };
  }
  throw new DeployedPatrolError(
    `the stack ${stackName(stage)} is older than the patrol, which carries a seed in AWS: deploy it again (npx serverless deploy --stage ${stage}), or seed from this machine (without --in-aws)`,
  );
}

async function readStack(client: CloudFormationClient, stage: string): Promise<StackValues> {
  try {
    return await readStackValues(client, stage);
  } catch (cause) {
    const problem = toProblem(cause, stage);
    throw problem === undefined ? cause : new DeployedPatrolError(problem, { cause });
  }
}

function toProblem(error: unknown, stage: string): string | undefined {
  const failure = classifyAwsError(error);
  const name = stackName(stage);
  switch (failure.kind) {
    case 'denied':
      return `the stack ${name} cannot be read: allow cloudformation:DescribeStacks`;
    case 'setup':
      return failure.problem;
    case 'transient':
      return `CloudFormation has not told of the stack ${name} (${failure.what}): run the same command again`;
    case 'unknown':
      return undefined;
    default:
      // A stack that does not exist is a ValidationError (API reference, DescribeStacks).
      return `there is no stack ${name} in this AWS account and region (${failure.name}): deploy it (npx serverless deploy --stage ${stage}), or check --stage, the credentials and the region`;
  }
}
