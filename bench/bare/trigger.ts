import { SQSClient } from '@aws-sdk/client-sqs';

/** The client that any trigger needs. */
export const client = new SQSClient({});

export const handler = async (event: unknown) => event;
