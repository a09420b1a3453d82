import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { OperatorError } from '../../operator-error.ts';

class NoAccountError extends OperatorError {
  override name = 'NoAccountError';
}

/** The AWS account of the credentials. Needs no permission. */
export async function readAccount(
  client: Pick<STSClient, 'send'>,
  abortSignal: AbortSignal,
): Promise<string> {
  const { Account } = await client.send(new GetCallerIdentityCommand({}), { abortSignal });
  if (Account !== undefined) return Account;
  throw new NoAccountError('the answer to sts:GetCallerIdentity names no account');
}
