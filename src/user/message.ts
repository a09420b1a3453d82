import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type ObservedUser, observedUserSchema } from './observed-user.ts';

/** To be raised when a consumer of the old version could not read the new message. */
const MESSAGE_VERSION = 1;

const envelopeSchema = v.object({ version: v.number(), user: v.unknown() });

/** `detail` names fields, never values: it is safe to log. */
export type DecodedMessage =
  | { kind: 'message'; user: ObservedUser }
  | { kind: 'malformed'; reason: 'malformed_message' | 'unsupported_version'; detail: string };

/**
 * An observed user → the body of its message: a versioned envelope, in ASCII (docs/design.md#observed-user).
 */
export function encodeMessage(user: ObservedUser): string {
  const body = JSON.stringify({ version: MESSAGE_VERSION, user });
  // SQS refuses some characters (SendMessage, MessageBody), emulators more; a user's name may contain any.
  return body.replace(/[^\x20-\x7e]/g, toEscape);
}

/** The body of a message → the observed user, or what is wrong with it (fields are named, values are not). */
export function decodeMessage(body: string): DecodedMessage {
  const envelope = v.safeParse(envelopeSchema, parseJson(body));
  if (!envelope.success) return malformed('malformed_message', envelope.issues);
  if (envelope.output.version !== MESSAGE_VERSION) {
    const detail = `version ${envelope.output.version}; this consumer reads ${MESSAGE_VERSION}`;
    return { kind: 'malformed', reason: 'unsupported_version', detail };
  }
  const user = v.safeParse(observedUserSchema, envelope.output.user);
  return user.success
    ? { kind: 'message', user: user.output }
    : malformed('malformed_message', user.issues);
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
export function deduplicationId(user: ObservedUser, invocationId: string): string {
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
