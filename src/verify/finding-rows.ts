import * as v from 'valibot';
import { type ConflictReason, isConflictReason } from '../mirror/decide/conflicts.ts';
import { fieldDifferenceSchema } from '../mirror/field-difference.ts';
import { observedUserSchema } from '../user/observed-user.ts';
import type { ConflictFinding, MissingFinding, StaleUser, UserFinding } from './finding.ts';

/** WorkOS's refusal to change an address: an operator has to decide, as with a conflict. */
export const LOCKED: ConflictReason = 'email_locked';
export const conflictReasonSchema = v.custom<ConflictReason>(
  (text) => typeof text === 'string' && isConflictReason(text),
);

/** A row of the table of findings, with WorkOS's refusal. */
export const rowSchema = v.object({
  sub: v.string(),
  kind: v.string(),
  user: v.pipe(v.string(), v.parseJson(), observedUserSchema),
  reason: v.nullable(v.string()),
  refusal: v.nullable(v.string()),
  difference: v.pipe(v.string(), v.parseJson(), fieldDifferenceSchema),
  workos_id: v.nullable(v.string()),
  workos_email: v.nullable(v.string()),
  holder_external_id: v.nullable(v.string()),
});
export type FindingRow = v.InferOutput<typeof rowSchema>;
/** Findings of one email: `subs` are all of them. */
export const groupSchema = v.object({
  ...rowSchema.entries,
  subs: v.pipe(v.string(), v.parseJson(), v.array(v.string())),
});

function toFinding({ sub, user: { email, username } }: FindingRow): UserFinding {
  return { sub, username, ...(email !== undefined && { email }) };
}

export function toMissing(row: v.InferOutput<typeof groupSchema>): MissingFinding {
  const otherSubs = row.subs.filter((sub) => sub !== row.sub).sort();
  return {
    ...toFinding(row),
    difference: row.difference,
    ...(otherSubs.length > 0 && { otherSubs }),
    ...(row.refusal !== null && { reason: row.refusal }),
  };
}

export function toStale(row: FindingRow): StaleUser {
  const reason = row.refusal ?? row.reason;
  return {
    ...toFinding(row),
    workosUserId: row.workos_id ?? '',
    ...row.difference,
    ...(reason !== null && { reason }),
  };
}

export function toConflict(row: FindingRow): ConflictFinding {
  return {
    ...toFinding(row),
    reason: row.kind === 'conflict' ? v.parse(conflictReasonSchema, row.reason) : LOCKED,
    workosUserId: row.workos_id ?? '',
    ...(row.workos_email !== null && { workosEmail: row.workos_email }),
    ...(row.difference.fields.length > 0 && { difference: row.difference }),
    ...(row.holder_external_id !== null && { holderExternalId: row.holder_external_id }),
  };
}
