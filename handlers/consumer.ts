import { createConsumerHandler } from '../src/lambda/consumer-handler.ts';

export const handler = createConsumerHandler({ service: 'consumer', env: process.env });
