import type { Advice } from '../mirror/decide/conflicts.ts';
import type { SkipReason } from '../mirror/decide/decision.ts';

/**
 * Why a run over all users leaves a user out. `newer_in_workos`: exported files say nothing of a user that
 * was synced after them. `deleted`: the user was deleted in Cognito after it was listed.
 */
export type BulkSkipReason = SkipReason | 'newer_in_workos' | 'deleted';

/** What each reason means and what to do; `short`: after a number. A reason without advice does not compile. */
export const SKIP_ADVICE: Record<BulkSkipReason, Advice & { short: string }> = {
  no_email: {
    short: 'without an email',
    means: 'No email in Cognito, and WorkOS needs one.',
    todo: 'Ask these users for an address before the cutover.',
  },
  unconfirmed: {
    short: 'unconfirmed',
    means: 'The sign-up was never confirmed.',
    todo: 'Nothing: they can sign up again in WorkOS.',
  },
  disabled: {
    short: 'disabled',
    means: 'Disabled in Cognito: WorkOS has no such state, so mirrored users could sign in again.',
    todo: 'Nothing, or enable them in Cognito.',
  },
  newer_in_workos: {
    short: 'newer than the export',
    means: 'Synced after the files were exported, which therefore say nothing of them.',
    todo: 'Export the pool again, or compare the live pool.',
  },
  deleted: {
    short: 'deleted',
    means: 'Deleted in Cognito after the listing.',
    todo: 'Nothing.',
  },
};

/** Whether a text names a reason for leaving a user out. */
export function isBulkSkipReason(text: string): text is BulkSkipReason {
  return Object.hasOwn(SKIP_ADVICE, text);
}
