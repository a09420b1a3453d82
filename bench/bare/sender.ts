import { SendMessageCommand, type SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';

/** Configured like the triggers' client, with their default timeout of a second. */
const client = new SQSClient({
  requestHandler: { connectionTimeout: 500, requestTimeout: 500, throwOnRequestTimeout: true },
});

/** The plain SendMessage that the time of a trigger is compared with. */
export const send = (input: SendMessageCommandInput) => client.send(new SendMessageCommand(input));
