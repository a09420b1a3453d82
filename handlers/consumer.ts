import { createConsumerHandler } from '../src/consumer/consumer-handler.ts';

export const handler = createConsumerHandler({ service: 'consumer', env: process.env });
