import { type Actions, AwsError, type Deployed, type DeployedFunction } from './types.ts';

/** SSM API reference, GetParameter and DescribeParameters. */
export function ssmActions({ parameters }: Deployed): Actions {
  return {
    GetParameter: ({ Name, WithDecryption }) => {
      const value = parameters[String(Name)];
      if (value === undefined) throw new AwsError('ParameterNotFound', 400, '');
      const Value = WithDecryption === true ? value : 'encrypted';
      return { Parameter: { Name, Type: 'SecureString', Value, Version: 1 } };
    },
    DescribeParameters: () => ({
      Parameters: Object.keys(parameters).map((Name) => ({
        Name,
        Type: 'SecureString',
        KeyId: 'alias/aws/ssm',
      })),
    }),
  };
}

/** Lambda API reference; the quota is the one of a new account with a raised limit. */
export function lambdaActions({ functions }: Deployed): Actions {
  const tags = new Map<string, Record<string, unknown>>();
  const find = (nameOrArn: unknown): DeployedFunction => {
    const found = functions.find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', 404, `Function not found: ${nameOrArn}`);
  };
  return {
    ListFunctions: () => ({ Functions: functions.map(toConfiguration) }),
    GetFunctionConfiguration: ({ FunctionName }) => toConfiguration(find(FunctionName)),
    GetAccountSettings: () => ({
      AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 },
    }),
    ListTags: ({ Resource }) => ({ Tags: tags.get(find(Resource).arn) ?? {} }),
    TagResource: ({ Resource, Tags = {} }) => {
      const { arn } = find(Resource);
      tags.set(arn, { ...tags.get(arn), ...Object(Tags) });
      return undefined;
    },
  };
}

function toConfiguration({ name, arn, variables }: DeployedFunction) {
  return {
    FunctionName: name,
    FunctionArn: arn,
    Runtime: 'nodejs24.x',
    Timeout: 10,
    Environment: { Variables: variables },
  };
}
