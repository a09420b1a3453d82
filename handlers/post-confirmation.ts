import { createTriggerHandler } from '../src/triggers/trigger-handler.ts';

export const handler = createTriggerHandler({
  service: 'post-confirmation',
  sources: ['PostConfirmation_ConfirmSignUp', 'PostConfirmation_ConfirmForgotPassword'],
  env: process.env,
});
