import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { EmulatedAccount } from './account.ts';

/** @param functionArn what the user may invoke; without one it may do nothing. */
export async function createIamUser(
  { clientConfig, clients: { iam } }: EmulatedAccount,
  UserName: string,
  functionArn?: string,
): Promise<LambdaClient> {
  await iam.send(new CreateUserCommand({ UserName }));
  if (functionArn !== undefined) {
    const statement = {
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: functionArn,
    };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'invoke', PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
  return new LambdaClient({ ...clientConfig, credentials });
}

/** @returns what the function answered. */
export async function invokeAs(
  lambda: LambdaClient,
  FunctionName: string,
  input: object,
): Promise<unknown> {
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(input) }),
  );
  return JSON.parse(Payload?.transformToString() || 'null');
}
