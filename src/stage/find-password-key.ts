import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type AwsFailure, classifyAwsError } from '../aws/classify-aws-error.ts';
import { OperatorError } from '../operator-error.ts';
import { SERVICE } from '../user-pool-triggers/function-name.ts';

/** The output of the stack that names the key (serverless/password-key.yml). */
const OUTPUT = 'PasswordKeyId';

/**
 * The id of the key that opens the sealed passwords of a stage, from the outputs of its stack. Needs
 * cloudformation:DescribeStacks.
 *
 * @throws OperatorError where there is no such key, or where that cannot be told.
 */
export async function findPasswordKey(
  client: Pick<CloudFormationClient, 'send'>,
  stage: string,
): Promise<string> {
  const StackName = `${SERVICE}-${stage}`;
  const found = await client.send(new DescribeStacksCommand({ StackName })).then(
    ({ Stacks = [] }) => Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === OUTPUT),
    (error: unknown) => {
      throw new OperatorError(explain(classifyAwsError(error), StackName));
    },
  );
  if (found?.OutputValue) return found.OutputValue;
  throw new OperatorError(
    `the stage ${stage} has no key for passwords: deploy it with carryPasswords: true`,
  );
}

function explain(failure: AwsFailure, stack: string): string {
  switch (failure.kind) {
    case 'denied':
      return `the AWS credentials may not do this: allow cloudformation:DescribeStacks on the stack ${stack}, or give --key-id`;
    case 'setup':
      return failure.problem;
    case 'refused':
      // The API reference, DescribeStacks: a stack that does not exist is a ValidationError.
      return failure.name === 'ValidationError'
        ? `there is no stack ${stack} in this AWS account and region: check the stage, the region and the credentials, or deploy it with carryPasswords: true`
        : `CloudFormation refuses DescribeStacks: ${failure.name}`;
    case 'transient':
      return `CloudFormation cannot be reached (${failure.what}): check the network and the region, or give --key-id`;
    default:
      return 'CloudFormation gives no usable answer: try again, or give --key-id';
  }
}
