import { SERVICE } from '../../../src/user-pool-triggers/function-name.ts';
import { type Actions, AwsError, type Deployed } from './types.ts';

const USER = 'local-run';

/** STS API reference, GetCallerIdentity. */
export function stsActions({ account }: Deployed): Actions {
  return {
    GetCallerIdentity: () => ({ Account: account, Arn: userArn(account), UserId: USER }),
  };
}

/** IAM API reference, SimulatePrincipalPolicy: the caller may do everything. */
export function iamActions(_: Deployed): Actions {
  return {
    SimulatePrincipalPolicy: ({ ActionNames = [], ResourceArns }) => ({
      IsTruncated: false,
      EvaluationResults: toList(ActionNames).map((EvalActionName) => ({
        EvalActionName,
        EvalResourceName: toList(ResourceArns)[0] ?? '*',
        EvalDecision: 'allowed',
      })),
    }),
  };
}

/** CloudFormation API reference, DescribeStacks: a stack that does not exist is a ValidationError. */
export function cloudFormationActions(deployed: Deployed): Actions {
  const { stage, region, account, outputs, stackParameters, createdAt = new Date() } = deployed;
  const name = `${SERVICE}-${stage}`;
  return {
    DescribeStacks: ({ StackName }) => {
      if (StackName !== name) {
        const message = `Stack with id ${StackName} does not exist`;
        throw new AwsError('ValidationError', 400, message);
      }
      const Stack = {
        StackId: `arn:aws:cloudformation:${region}:${account}:stack/${name}/local`,
        StackName: name,
        StackStatus: 'CREATE_COMPLETE',
        CreationTime: createdAt.toISOString(),
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({
          OutputKey,
          OutputValue,
        })),
        Parameters: Object.entries(stackParameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      };
      return { Stacks: [Stack] };
    },
  };
}

function userArn(account: string): string {
  return `arn:aws:iam::${account}:user/${USER}`;
}

function toList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
