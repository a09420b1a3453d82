import * as v from 'valibot';
import { CHANGE_NAMES, DELETION_NAMES } from './change-names.ts';

/** Names and values in an event may read HIDDEN_DUE_TO_SECURITY_REASONS. */
const shown = v.check((text: string) => !text.startsWith('HIDDEN_'));
/** A sub, as far as an event may name one. */
const subSchema = v.pipe(v.string(), v.regex(/^[\w.:+-]{1,128}$/), shown);
const optionalSub = v.fallback(v.nullish(subSchema), undefined);
/** A pool that is not shown is not another one. */
const optionalPool = v.fallback(v.nullish(v.pipe(v.string(), shown)), undefined);

/** The user that AdminCreateUser answers, where CloudTrail shows its attributes. */
const createdUserSchema = v.object({
  user: v.object({
    attributes: v.array(v.object({ name: v.string(), value: v.optional(v.string()) })),
  }),
});

const eventSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  source: v.literal('aws.cognito-idp'),
  'detail-type': v.literal('AWS API Call via CloudTrail'),
  detail: v.object({
    eventID: v.fallback(v.optional(v.pipe(v.string(), v.nonEmpty())), undefined),
    eventName: v.picklist([...CHANGE_NAMES, ...DELETION_NAMES]),
    eventTime: v.fallback(v.optional(v.pipe(v.string(), v.isoTimestamp())), undefined),
    errorCode: v.nullish(v.string()),
    requestParameters: v.fallback(v.nullish(v.object({ userPoolId: optionalPool })), undefined),
    additionalEventData: v.fallback(v.nullish(v.object({ sub: optionalSub })), undefined),
    responseElements: v.optional(v.unknown()),
  }),
});

type CallDetail = v.InferOutput<typeof eventSchema>['detail'];

/**
 * A call that changed a user: a hint to read that sub again, never a statement about what it is now.
 *
 * - `eventId`: CloudTrail's, the same for a call that is reported twice.
 * - `isOurs`: `maybe` for a call with the user's own token, whose event names no pool.
 */
export type PoolChange = {
  eventId: string;
  eventName: string;
  sub: string;
  isDeletion: boolean;
  isOurs: 'yes' | 'maybe';
  /** When Cognito was called, ISO 8601 in UTC. */
  calledAt?: string;
};

/** `detail` names fields, never values: it is safe to log. */
export type ParsedChange =
  | { kind: 'change'; change: PoolChange }
  | {
      kind: 'ignored';
      reason: 'not_a_change' | 'other_pool' | 'failed_call' | 'no_sub';
      detail?: string;
    };

/**
 * An event of EventBridge → the change that it reports, or why it is ignored (docs/facts.md#cloudtrail).
 */
export function eventToChange(event: unknown, userPoolId: string): ParsedChange {
  const parsed = v.safeParse(eventSchema, event);
  if (!parsed.success) {
    const fields = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the event');
    return { kind: 'ignored', reason: 'not_a_change', detail: [...new Set(fields)].join(', ') };
  }
  const { id, detail } = parsed.output;
  const { eventID: eventId = id, eventName, eventTime: calledAt } = detail;
  const pool = detail.requestParameters?.userPoolId;
  if (pool && pool !== userPoolId) return { kind: 'ignored', reason: 'other_pool' };
  if (detail.errorCode) return { kind: 'ignored', reason: 'failed_call' };
  const sub = detail.additionalEventData?.sub ?? createdSub(detail);
  if (!sub) return { kind: 'ignored', reason: 'no_sub', detail: eventName };
  const isDeletion = DELETION_NAMES.some((name) => name === eventName);
  const isOurs = pool ? 'yes' : 'maybe';
  const change = {
    eventId,
    eventName,
    sub,
    isDeletion,
    isOurs,
    ...(calledAt && { calledAt }),
  } as const;
  return { kind: 'change', change };
}

/** The sub of the user that was just created, from the answer. The patrol finds one that is shown nowhere. */
function createdSub({ responseElements }: CallDetail): string | undefined {
  const created = v.safeParse(createdUserSchema, responseElements);
  if (!created.success) return undefined;
  const { attributes } = created.output.user;
  const sub = v.safeParse(subSchema, attributes.find(({ name }) => name === 'sub')?.value);
  return sub.success ? sub.output : undefined;
}
