import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { LedgerEntry, LedgerState } from './ledger.ts';

const text = v.object({ S: v.string() });
const itemSchema = v.object({
  sub: text,
  observedAt: text,
  hash: v.optional(text),
  rules: v.optional(text),
  outcome: v.optional(v.object({ S: v.picklist(['mirrored', 'conflict', 'rejected']) })),
  reason: v.optional(text),
  conflictsWith: v.optional(text),
  settledAt: v.optional(text),
  workosUserId: v.optional(text),
  isSecondary: v.optional(v.object({ BOOL: v.boolean() })),
  passwordAt: v.optional(text),
  isPasswordMissing: v.optional(v.object({ BOOL: v.boolean() })),
  isBanNoted: v.optional(v.object({ BOOL: v.boolean() })),
});

/** A state → the attributes that hold it; undefined for those that are to be removed. */
export function stateToItem(
  state: LedgerState | undefined,
): Record<string, AttributeValue | undefined> {
  return {
    hash: toText(state?.hash),
    rules: toText(state?.rules),
    outcome: toText(state?.outcome),
    reason: toText(state?.reason),
    conflictsWith: toText(state?.conflictsWith),
    settledAt: toText(state?.settledAt),
  };
}

function toText(value: string | undefined): AttributeValue | undefined {
  return value === undefined ? undefined : { S: value };
}

/** An item of the table → its entry; undefined where it has another form. */
export function itemToEntry(item: Record<string, AttributeValue>): LedgerEntry | undefined {
  const parsed = v.safeParse(itemSchema, item);
  if (!parsed.success) return undefined;
  const { sub, observedAt, workosUserId, isSecondary, ...others } = parsed.output;
  const { passwordAt, isPasswordMissing, isBanNoted, ...state } = others;
  const { hash, rules, outcome, reason, conflictsWith, settledAt } = state;
  return {
    sub: sub.S,
    observedAt: observedAt.S,
    isSecondary: isSecondary?.BOOL ?? false,
    ...(workosUserId && { workosUserId: workosUserId.S }),
    ...(passwordAt && { passwordAt: passwordAt.S }),
    ...(isPasswordMissing && { isPasswordMissing: isPasswordMissing.BOOL }),
    ...(isBanNoted && { isBanNoted: isBanNoted.BOOL }),
    ...(hash &&
      rules &&
      outcome &&
      settledAt && {
        state: {
          hash: hash.S,
          rules: rules.S,
          outcome: outcome.S,
          settledAt: settledAt.S,
          ...(reason && { reason: reason.S }),
          ...(conflictsWith && { conflictsWith: conflictsWith.S }),
        },
      }),
  };
}
