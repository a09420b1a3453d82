import * as v from 'valibot';
import { attributesToFields, MalformedAttributesError } from '../user/attributes.ts';
import type { ObservedPassword } from '../user/message.ts';
import { type ObservedUser, observedUserSchema } from '../user/observed-user.ts';
import { sealedPasswordSchema } from '../user/sealed-password.ts';

/** The `triggerSource` values that this project observes (docs/facts.md#cognito-triggers). */
export type TriggerSource =
  | 'PostConfirmation_ConfirmSignUp'
  | 'PostConfirmation_ConfirmForgotPassword'
  | 'PreAuthentication_Authentication'
  | 'PostAuthentication_Authentication';

/** What a trigger event shows. `sub`: where it can be read, for the log. */
type Observation =
  | {
      kind: 'observed';
      triggerSource: TriggerSource;
      user: ObservedUser;
      password?: ObservedPassword;
      /** A password came along in a form that no seal has. */
      isPasswordDropped?: boolean;
    }
  | { kind: 'ignored'; reason: IgnoredReason; sub?: string };

type IgnoredReason =
  | 'malformed_event'
  | 'other_trigger_source'
  | 'user_not_found'
  | 'malformed_attributes';

const triggerEventSchema = v.object({
  triggerSource: v.string(),
  userPoolId: v.string(),
  userName: v.string(),
  request: v.object({
    userAttributes: v.record(v.string(), v.unknown()),
    userNotFound: v.optional(v.unknown()),
    clientMetadata: v.optional(v.unknown()),
  }),
});

/** The application puts the sealed password there; nothing else of the client metadata is read. */
const clientMetadataSchema = v.object({ workos_password: v.unknown() });

/**
 * Where Cognito has proved the password, or that the mailbox is the user's, before it calls the trigger.
 * PreAuthentication is called before the password is checked (docs/facts.md#cognito-clientmetadata).
 * `isReset`: the user has just set the password.
 */
const PROVED: Partial<Record<TriggerSource, { isReset: boolean }>> = {
  PostAuthentication_Authentication: { isReset: false },
  PostConfirmation_ConfirmSignUp: { isReset: false },
  PostConfirmation_ConfirmForgotPassword: { isReset: true },
};

/**
 * A Cognito trigger event → the user it shows, or the reason why it is ignored. Never throws: an event of
 * an unknown shape must not stop a sign-in.
 *
 * @param options.sources the trigger sources that the calling function serves.
 * @param options.carriesPasswords whether a sealed password is carried beside the user.
 * @param observedAt when the trigger ran.
 */
export function triggerEventToObservation(
  event: unknown,
  options: { sources: readonly TriggerSource[]; carriesPasswords: boolean },
  observedAt: Date,
): Observation {
  const parsed = v.safeParse(triggerEventSchema, event);
  if (!parsed.success) return { kind: 'ignored', reason: 'malformed_event' };
  const { triggerSource, userPoolId, userName, request } = parsed.output;
  const source = options.sources.find((candidate) => candidate === triggerSource);
  if (source === undefined) return { kind: 'ignored', reason: 'other_trigger_source' };
  if (request.userNotFound) return { kind: 'ignored', reason: 'user_not_found' };

  const user = attributesToUser(request.userAttributes, userPoolId, userName, observedAt);
  if (!user.success) {
    return { kind: 'ignored', reason: 'malformed_attributes', ...subOf(request.userAttributes) };
  }
  const observed = { kind: 'observed' as const, triggerSource: source, user: user.output };
  const clientMetadata = options.carriesPasswords ? request.clientMetadata : undefined;
  return { ...observed, ...toPassword(source, clientMetadata) };
}

/**
 * A password that was reset is told of also where the application did not seal it, and where passwords are no longer
 * carried: WorkOS may have the old one.
 */
function toPassword(
  source: TriggerSource,
  clientMetadata: unknown,
): { password?: ObservedPassword; isPasswordDropped?: true } {
  const proved = PROVED[source];
  if (!proved) return {};
  const metadata = v.safeParse(clientMetadataSchema, clientMetadata);
  if (!metadata.success) return proved.isReset ? { password: proved } : {};
  const sealed = v.safeParse(sealedPasswordSchema, metadata.output.workos_password);
  if (sealed.success) return { password: { sealed: sealed.output, ...proved } };
  return { ...(proved.isReset && { password: proved }), isPasswordDropped: true };
}

function attributesToUser(
  attributes: Record<string, unknown>,
  userPoolId: string,
  username: string,
  observedAt: Date,
) {
  try {
    const status = attributes['cognito:user_status'];
    return v.safeParse(observedUserSchema, {
      userPoolId,
      sub: attributes.sub,
      username,
      ...attributesToFields(attributes),
      ...(typeof status === 'string' && { status }),
      observedAt: observedAt.toISOString(),
    });
  } catch (error) {
    if (error instanceof MalformedAttributesError) return { success: false as const };
    throw error;
  }
}

function subOf(attributes: Record<string, unknown>): { sub?: string } {
  const sub = attributes.sub;
  return typeof sub === 'string' && /^[\x21-\x7e]{1,128}$/.test(sub) ? { sub } : {};
}
