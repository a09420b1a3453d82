import { createTriggerHandler } from '../src/triggers/trigger-handler.ts';

/** Deployed only on request: see `observePostAuthentication` in serverless.yml. */
export const handler = createTriggerHandler({
  service: 'post-authentication',
  sources: ['PostAuthentication_Authentication'],
  env: process.env,
});
