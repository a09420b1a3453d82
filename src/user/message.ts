import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type ObservedUser, observedUserSchema } from './observed-user.ts';

/** To be raised when a consumer of the old version could not read the new message. */
const MESSAGE_VERSION = 1;

/** The message attribute of users that the patrol has listed: no user waits for them, as after a sign-in. */
export const PATROL_ATTRIBUTE = 'patrol';

const envelopeSchema = v.object({
  version: v.number(),
  user: v.optional(v.unknown()),
  gone: v.optional(v.unknown()),
  // What is no sealed password costs the observation nothing; the consumer says what is wrong with it.
  sealedPassword: v.fallback(v.optional(v.string()), undefined),
  passwordReset: v.fallback(v.optional(v.boolean()), undefined),
});

/**
 * A profile that Cognito no longer has: it was asked at `observedAt` (ISO 8601 in UTC).
 */
const goneUserSchema = v.object({
  userPoolId: observedUserSchema.entries.userPoolId,
  sub: observedUserSchema.entries.sub,
  observedAt: observedUserSchema.entries.observedAt,
});

export type GoneUser = v.InferOutput<typeof goneUserSchema>;

/**
 * What a trigger knows of the user's password (docs/design.md#passwords).
 *
 * - `sealed`: the password as the application has sealed it; only the consumer can open it.
 * - `isReset`: the user has just reset a forgotten password.
 */
export type ObservedPassword = { sealed?: string; isReset: boolean };

/** `detail` names fields, never values: it is safe to log. */
export type DecodedMessage =
  | { kind: 'message'; user: ObservedUser; password?: ObservedPassword }
  | { kind: 'gone'; gone: GoneUser }
  | { kind: 'malformed'; reason: 'malformed_message' | 'unsupported_version'; detail: string };

/**
 * An observed user → the body of its message: a versioned envelope, in ASCII (docs/design.md#observed-user).
 *
 * @param password stands beside the user, so that it is in no hash, log or report of the user.
 */
export function encodeMessage(user: ObservedUser, password?: ObservedPassword): string {
  const { sealed, isReset = false } = password ?? {};
  return encode({
    user,
    ...(sealed !== undefined && { sealedPassword: sealed }),
    ...(isReset && { passwordReset: true }),
  });
}

/** A profile that is gone from Cognito → the body of its message. */
export function encodeGone(gone: GoneUser): string {
  return encode({ gone });
}

type Content =
  | { user: ObservedUser; sealedPassword?: string; passwordReset?: boolean }
  | { gone: GoneUser };

function encode(content: Content): string {
  const body = JSON.stringify({ version: MESSAGE_VERSION, ...content });
  // SQS refuses some characters (SendMessage, MessageBody), emulators more; a user's name may contain any.
  return body.replace(/[^\x20-\x7e]/g, toEscape);
}

/**
 * The body of a message → the observed user or the profile that is gone, or what is wrong with it (fields are
 * named, values are not).
 */
export function decodeMessage(body: string): DecodedMessage {
  const envelope = v.safeParse(envelopeSchema, parseJson(body));
  if (!envelope.success) return malformed('malformed_message', envelope.issues);
  if (envelope.output.version !== MESSAGE_VERSION) {
    const detail = `version ${envelope.output.version}; this consumer reads ${MESSAGE_VERSION}`;
    return { kind: 'malformed', reason: 'unsupported_version', detail };
  }
  if (envelope.output.gone !== undefined) {
    const gone = v.safeParse(goneUserSchema, envelope.output.gone);
    return gone.success
      ? { kind: 'gone', gone: gone.output }
      : malformed('malformed_message', gone.issues);
  }
  const user = v.safeParse(observedUserSchema, envelope.output.user);
  return user.success
    ? { kind: 'message', user: user.output, ...toPassword(envelope.output) }
    : malformed('malformed_message', user.issues);
}

function toPassword(envelope: v.InferOutput<typeof envelopeSchema>): {
  password?: ObservedPassword;
} {
  const { sealedPassword: sealed, passwordReset: isReset = false } = envelope;
  if (sealed === undefined && !isReset) return {};
  return { password: { ...(sealed !== undefined && { sealed }), isReset } };
}

/**
 * A body without the sealed password, for where messages are kept: nothing else changes. Bodies without one stay as
 * they are to the letter.
 */
export function withoutSealedPassword(body: string): string {
  if (!body.includes('sealedPassword')) return body;
  const envelope = v.safeParse(v.looseObject({ sealedPassword: v.unknown() }), parseJson(body));
  if (!envelope.success) return body;
  const { sealedPassword: _, ...content } = envelope.output;
  return JSON.stringify(content).replace(/[^\x20-\x7e]/g, toEscape);
}

/**
 * The deduplication id: the same for one state seen by one invocation, different otherwise.
 *
 * Two sign-ins of an unchanged user give identical Cognito events, and so do the first and the third of
 * A→B→A; only the invocation distinguishes them. SQS remembers an id for five minutes
 * (docs/facts.md#sqs-fifo), so an id made of the content alone would lose the change back to A. SQS drops a
 * retry with the same request id; a second invocation with a new one reaches the mirror, which finds nothing
 * to change.
 */
export function deduplicationId(user: ObservedUser | GoneUser, invocationId: string): string {
  const { observedAt: _, ...state } = user;
  return createHash('sha256')
    .update(JSON.stringify([invocationId, state]))
    .digest('hex');
}

/** One UTF-16 code unit → its JSON escape. */
function toEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function malformed(
  reason: 'malformed_message',
  issues: readonly v.BaseIssue<unknown>[],
): DecodedMessage {
  const fields = issues.map((issue) => v.getDotPath(issue) ?? 'the body');
  return { kind: 'malformed', reason, detail: `bad: ${[...new Set(fields)].join(', ')}` };
}
