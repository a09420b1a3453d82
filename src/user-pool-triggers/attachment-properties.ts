import * as v from 'valibot';
import { type Attachments, TRIGGERS } from '../config/pool-triggers.ts';
import { AttachmentError } from './attachment-error.ts';

const attachmentSchema = v.pipe(
  v.object({ FunctionArn: v.string(), Chained: v.optional(v.string(), '') }),
  v.transform(({ FunctionArn, Chained }) => ({
    functionArn: FunctionArn,
    ...(Chained !== '' && { chained: Chained }),
  })),
);

const propertiesSchema = v.object({
  UserPoolId: v.string(),
  Triggers: v.partial(
    v.object({
      PostConfirmation: attachmentSchema,
      PreAuthentication: attachmentSchema,
      PostAuthentication: attachmentSchema,
    }),
  ),
});

/** What a template wants of a pool. */
export type AttachmentProperties = { userPoolId: string; desired: Attachments };

/**
 * The properties of Custom::TriggerAttachment, see serverless/attachment.yml.
 *
 * @throws AttachmentError
 */
export function parseAttachmentProperties(properties: unknown): AttachmentProperties {
  const parsed = v.safeParse(propertiesSchema, properties);
  if (parsed.success && parsed.output.UserPoolId === '') {
    throw new AttachmentError(
      'no user pool is given: deploy with --param userPoolId=<region>_<id>',
    );
  }
  if (!parsed.success) {
    const fields = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'all of them').join(', ');
    throw new AttachmentError(`the properties of the custom resource are wrong: ${fields}`);
  }
  const { UserPoolId: userPoolId, Triggers: triggers } = parsed.output;
  const desired: Attachments = {};
  for (const trigger of TRIGGERS) {
    const attachment = triggers[trigger];
    if (attachment) desired[trigger] = attachment;
  }
  return { userPoolId, desired };
}

/** CloudFormation's id of the resource: it changes with the pool alone. */
export function toPhysicalId({ userPoolId }: AttachmentProperties): string {
  return `${userPoolId}/triggers`;
}
