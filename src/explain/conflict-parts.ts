import type { ExplainedFacts, WorkosFacts } from './explanation.ts';
import { who } from './words.ts';

/** What a conflict is about. `target`: the WorkOS user that it is about, where WorkOS has shown it. */
export type ConflictFacts = {
  facts: ExplainedFacts;
  me: string;
  target: WorkosFacts | undefined;
};

/** How soon the sync looks at a conflict again: src/ledger/ledger-mirror.ts, REFUSAL_TRUSTED_MS. */
export const AGAIN =
  'The sync looks again at the next sign-in at Cognito, ten minutes after the last one at the earliest';
export const TELL_WAIT =
  'We are looking into it. Please do nothing at the new sign-in until we come back to you.';

/** Who has the WorkOS user, by its external id. */
export function holderOf(
  facts: ExplainedFacts,
  target: WorkosFacts | undefined,
): string | undefined {
  const holder = facts.others.find(({ sub }) => sub === target?.externalId);
  if (!holder) return undefined;
  return holder.profile
    ? `${who(holder.profile)} (number ${holder.sub})`
    : `which is gone from Cognito (number ${holder.sub})`;
}

/** The id of the WorkOS account that a conflict is about. */
export function idOf(target: WorkosFacts | undefined): string {
  return target?.id ?? 'unknown';
}
