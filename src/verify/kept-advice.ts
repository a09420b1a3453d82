import { CONFLICT_ADVICE, isConflictReason } from '../mirror/decide/conflicts.ts';

const KEPT_ADVICE: Record<string, string> = {
  crossed_over:
    'Not deleted: the person has signed in at WorkOS since. Delete the user in WorkOS by hand if the account is to end.',
  not_ours: 'Not deleted: it has no tag of this project, or another external id by now.',
  in_cognito: 'Not deleted: Cognito has the user after all. Run verify again.',
  no_answer:
    'Not deleted: Cognito or WorkOS gave no answer about the user. Run the same command again.',
};

/** Why an extra user was not deleted → what to do. Another reason is a code with which WorkOS refuses it. */
export function keptToAdvice(reason: string): string {
  if (isConflictReason(reason)) {
    const { means, todo } = CONFLICT_ADVICE[reason];
    return `Not deleted. ${means} ${todo}`;
  }
  const own = Object.hasOwn(KEPT_ADVICE, reason) ? KEPT_ADVICE[reason] : undefined;
  return own ?? 'Not deleted: WorkOS refuses it with this code.';
}
