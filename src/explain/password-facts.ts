import type { BothSides } from '../compare/both-sides.ts';
import { hasCrossedOver } from '../mirror/decide/holder.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { isFederated } from '../mirror/decide/tags.ts';
import { userToEligibility } from '../password-resets/eligibility.ts';
import { mailedAt } from '../password-resets/mail-mark.ts';
import { KEPT, MAILED_BEFORE } from '../password-resets/no-mail.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { PasswordFacts } from './explanation.ts';

/** What becomes of the password of a profile, by the rules of reset-passwords. */
export function userToPassword(
  user: ObservedUser,
  sides: BothSides,
  rules: MirrorRules,
): PasswordFacts {
  if (isFederated(user)) return { kind: 'none' };
  const eligibility = userToEligibility(user, sides, { mirror: rules });
  const { workosUser } = eligibility;
  if (workosUser && hasCrossedOver(workosUser)) return { kind: 'of_workos' };
  if (eligibility.kind === 'skipped' && eligibility.reason === KEPT) return { kind: 'carried' };
  const at = workosUser && mailedAt(workosUser);
  if (eligibility.kind === 'skipped') {
    return {
      kind: 'not_carried',
      mail: eligibility.reason,
      ...(at !== undefined && { mailedAt: at }),
    };
  }
  if (at === undefined) return { kind: 'not_carried', mail: 'would_be_sent' };
  return { kind: 'not_carried', mail: MAILED_BEFORE, mailedAt: at };
}
