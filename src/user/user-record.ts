import * as v from 'valibot';
import { attributesToFields, MalformedAttributesError } from './attributes.ts';
import { type ObservedUser, observedUserSchema } from './observed-user.ts';

/** `where` and `reason` are safe to print: they name files, records and fields, never values. */
export type SourceProblem = { where: string; reason: string; sub?: string };

/** `reason` names fields, never values. */
export type MalformedRecord = {
  kind: 'malformed';
  reason: string;
  sub?: string;
  username?: string;
};

/** The user that a record shows, or why it cannot be read. */
export type UserRecord = { kind: 'user'; user: ObservedUser } | MalformedRecord;

const attributesSchema = v.array(v.object({ Name: v.string(), Value: v.optional(v.unknown()) }));

/** A Date from the SDK, seconds since the epoch from the API, or a text from the CLI. */
const dateSchema = v.fallback(v.optional(v.union([v.date(), v.number(), v.string()])), undefined);

/** A user as Cognito's API returns it (API reference, UserType and AdminGetUser). */
const recordSchema = v.object({
  Username: v.pipe(v.string(), v.nonEmpty()),
  Attributes: v.nullish(attributesSchema),
  UserAttributes: v.nullish(attributesSchema),
  Enabled: v.nullish(v.boolean()),
  UserStatus: v.nullish(v.string()),
  UserLastModifiedDate: dateSchema,
});

/**
 * A record of ListUsers or of an `aws cognito-idp list-users` export, or an answer of AdminGetUser (which
 * has `UserAttributes`) → the user it shows, or the fields that cannot be read. Never throws.
 *
 * @param observedAt when the record was read.
 */
export function userRecordToUser(
  record: unknown,
  userPoolId: string,
  observedAt: Date,
): UserRecord {
  const parsed = v.safeParse(recordSchema, record);
  if (!parsed.success) return malformed(`bad or missing: ${fieldsOf(parsed.issues)}`, record);
  const { Username: username, Enabled: enabled, UserStatus: status } = parsed.output;
  const list = parsed.output.Attributes ?? parsed.output.UserAttributes;
  if (!list) return malformed('bad or missing: Attributes', record);

  const attributes = Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
  try {
    const user = v.safeParse(observedUserSchema, {
      userPoolId,
      sub: attributes.sub,
      username,
      ...attributesToFields(attributes),
      ...(typeof status === 'string' && { status }),
      ...(typeof enabled === 'boolean' && { enabled }),
      observedAt: observedAt.toISOString(),
      ...toModifiedAt(parsed.output.UserLastModifiedDate),
    });
    if (user.success) return { kind: 'user', user: user.output };
    return malformed(`bad or missing: the attribute ${fieldsOf(user.issues)}`, record);
  } catch (error) {
    if (error instanceof MalformedAttributesError) return malformed(error.message, record);
    throw error;
  }
}

function toModifiedAt(date: v.InferOutput<typeof dateSchema>): { modifiedAt?: string } {
  if (date === undefined) return {};
  const parsed = new Date(typeof date === 'number' ? date * 1000 : date);
  return Number.isNaN(parsed.getTime()) ? {} : { modifiedAt: parsed.toISOString() };
}

type Issues = [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]];

function fieldsOf(issues: Issues): string {
  const paths = issues.map((issue) => v.getDotPath(issue) ?? 'the whole record');
  return [...new Set(paths)].join(', ');
}

const identifiedSchema = v.object({
  Username: v.fallback(v.optional(v.string()), undefined),
  Attributes: v.fallback(v.optional(v.array(v.unknown())), undefined),
  UserAttributes: v.fallback(v.optional(v.array(v.unknown())), undefined),
});
const subSchema = v.object({ Name: v.literal('sub'), Value: observedUserSchema.entries.sub });

/**
 * A malformed record → what is safe to print of it. The username is left out: it may be an email address.
 *
 * @param where the file and record, for the reader.
 */
export function recordToProblem({ reason, sub }: MalformedRecord, where: string): SourceProblem {
  return { where, reason, ...(sub !== undefined && { sub }) };
}

/** With the sub and the username of the record, as far as they can be read. */
function malformed(reason: string, record: unknown): MalformedRecord {
  const parsed = v.safeParse(identifiedSchema, record);
  if (!parsed.success) return { kind: 'malformed', reason };
  const { Username: username, Attributes, UserAttributes } = parsed.output;
  const sub = (Attributes ?? UserAttributes ?? []).find((each) => v.is(subSchema, each));
  return {
    kind: 'malformed',
    reason,
    ...(v.is(subSchema, sub) && { sub: sub.Value }),
    ...(username && { username }),
  };
}
