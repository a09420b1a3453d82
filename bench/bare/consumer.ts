import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { WorkOS } from '@workos-inc/node';

/** The clients that any consumer needs. */
export const clients = [new SQSClient({}), new SSMClient({}), new WorkOS('sk')];

export const handler = async () => ({ batchItemFailures: [] });
