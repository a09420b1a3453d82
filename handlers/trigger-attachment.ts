import { createAttachmentHandler } from '../src/user-pool-triggers/attachment-handler.ts';

/** The custom resource Custom::TriggerAttachment, see serverless/attachment.yml. */
export const handler = createAttachmentHandler({ service: 'trigger-attachment', env: process.env });
