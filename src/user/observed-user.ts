import * as v from 'valibot';

/**
 * One link between a Cognito profile and an identity provider.
 *
 * `primary` is true for the identity that a federated profile was created through, false for one that was
 * linked to an existing profile.
 */
const identitySchema = v.object({
  providerName: v.pipe(v.string(), v.nonEmpty()),
  providerType: v.string(),
  userId: v.string(),
  primary: v.boolean(),
});

/**
 * A Cognito user as seen at one moment (docs/design.md#observed-user): the only form in which the queue and
 * the mirror have users. It is parsed once, where it enters; absent attributes are absent, never empty
 * strings.
 *
 * - `sub`: printable ASCII without spaces, at most 128 characters, because it is also the `MessageGroupId`
 *   (SQS API reference, SendMessage).
 * - `emailVerified`: Cognito's flag; false when the attribute is missing.
 * - `observedAt`: ISO 8601 in UTC, when the trigger ran or the profile was read.
 * - `modifiedAt`: when Cognito last changed the profile, where the source has it (triggers do not).
 */
export const observedUserSchema = v.object({
  userPoolId: v.pipe(v.string(), v.nonEmpty()),
  sub: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/)),
  username: v.pipe(v.string(), v.nonEmpty()),
  email: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
  emailVerified: v.boolean(),
  givenName: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
  familyName: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
  name: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
  status: v.exactOptional(v.string()),
  enabled: v.exactOptional(v.boolean()),
  identities: v.array(identitySchema),
  observedAt: v.pipe(v.string(), v.isoTimestamp()),
  modifiedAt: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
});

export type ObservedUser = v.InferOutput<typeof observedUserSchema>;
export type Identity = v.InferOutput<typeof identitySchema>;
