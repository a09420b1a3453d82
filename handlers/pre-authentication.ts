import { createTriggerHandler } from '../src/triggers/trigger-handler.ts';

export const handler = createTriggerHandler({
  service: 'pre-authentication',
  sources: ['PreAuthentication_Authentication'],
  env: process.env,
});
