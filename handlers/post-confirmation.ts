import { createTriggerHandler } from '../src/lambda/trigger-handler.ts';

export const handler = createTriggerHandler({
  service: 'post-confirmation',
  sources: ['PostConfirmation_ConfirmSignUp', 'PostConfirmation_ConfirmForgotPassword'],
  env: process.env,
});
