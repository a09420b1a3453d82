import { SQSClient } from '@aws-sdk/client-sqs';

/** What a trigger cannot do without. */
export const client = new SQSClient({});

export const handler = async (event: unknown) => event;
