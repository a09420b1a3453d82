import { SendMessageCommand, type SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';

/** Configured as the triggers' own client is, with their default deadline of a second. */
const client = new SQSClient({
  requestHandler: { connectionTimeout: 500, requestTimeout: 500, throwOnRequestTimeout: true },
});

/** The raw SendMessage that a trigger's time is compared with. */
export const send = (input: SendMessageCommandInput) => client.send(new SendMessageCommand(input));
