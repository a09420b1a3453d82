import type { ComparisonSetting } from '../compare/both-sides.ts';
import type { ComparisonVerdict } from '../compare/verdict.ts';
import { isFederated } from '../mirror/decide/tags.ts';
import { countsAsVerified } from '../mirror/decide/trust.ts';
import { typeToCounterpart } from '../oauth-clients/counterpart.ts';
import { type Eligibility, userToEligibility } from '../password-resets/eligibility.ts';
import { mailedAt } from '../password-resets/mail-mark.ts';
import type { NoMailReason } from '../password-resets/no-mail.ts';
import { toAddressKey } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';

/** Why WorkOS cannot have a confirmed, enabled user, or cannot trust the address it has. */
export type EmailProblem = 'no_email' | 'unverified_email';

/**
 * Where a Cognito profile stands between both sides. `own`: it has a WorkOS user of its own. `second`: it is
 * another profile of a user that WorkOS has. `to_be_linked`: the mirror would give it an existing WorkOS user.
 */
type ProfilePlace =
  | 'own'
  | 'second'
  | 'to_be_linked'
  | 'missing'
  | 'conflict'
  | 'skipped'
  | 'unreadable';

/** What is counted of one Cognito profile, beside its verdict. */
type UserFacts = {
  place: ProfilePlace;
  /** The WorkOS user it belongs to. */
  workosUserId: string | undefined;
  /** The same for all profiles of one person. */
  person: string;
  password: boolean;
  providers: { name: string; hasCounterpart: boolean }[];
  emailProblem: EmailProblem | undefined;
  /** Absent: a password-reset mail is sent for it. */
  noMail: NoMailReason | undefined;
};

/** A Cognito profile and its verdict → what is counted of it. */
export function userToFacts(
  user: ObservedUser,
  verdict: ComparisonVerdict,
  setting: ComparisonSetting,
): UserFacts {
  const workosUserId = setting.index.byExternalId(user.sub)?.id ?? belongsTo(verdict);
  const eligibility = userToEligibility(user, setting, { mirror: setting.rules }, () => verdict);
  const providers = new Map(user.identities.map((each) => [each.providerName, each.providerType]));
  return {
    place: verdictToPlace(user, verdict),
    workosUserId,
    person: workosUserId ?? `email ${toAddressKey(user.email ?? user.sub)}`,
    password: !isFederated(user),
    providers: [...providers].map(([name, type]) => ({
      name,
      hasCounterpart: typeToCounterpart(type).kind !== 'none',
    })),
    emailProblem: emailProblem(user, verdict, setting),
    noMail: eligibilityToNoMail(eligibility),
  };
}

function eligibilityToNoMail(eligibility: Eligibility): NoMailReason | undefined {
  if (eligibility.kind === 'skipped') return eligibility.reason;
  return mailedAt(eligibility.workosUser) === undefined ? undefined : 'mailed_before';
}

function belongsTo(verdict: ComparisonVerdict): string | undefined {
  switch (verdict.kind) {
    case 'inSync':
    case 'newerInWorkos':
    case 'stale':
      return verdict.of.id;
    case 'skipped':
      return verdict.of?.id;
    case 'missing':
    case 'conflict':
      return undefined;
  }
}

function verdictToPlace({ sub }: ObservedUser, verdict: ComparisonVerdict): ProfilePlace {
  switch (verdict.kind) {
    case 'inSync':
    case 'newerInWorkos':
      return verdict.of.externalId === sub ? 'own' : 'second';
    case 'stale':
      if (verdict.takesOver) return 'to_be_linked';
      return verdict.of.externalId === sub ? 'own' : 'second';
    default:
      return verdict.kind;
  }
}

/** Users that are left out for another reason have no problem that an address would solve. */
function emailProblem(
  user: ObservedUser,
  verdict: ComparisonVerdict,
  { rules }: ComparisonSetting,
): EmailProblem | undefined {
  if (user.email === undefined) {
    return verdict.kind === 'skipped' && verdict.reason === 'no_email' ? 'no_email' : undefined;
  }
  const isLeftOut = verdict.kind === 'skipped' || user.enabled === false;
  return isLeftOut || countsAsVerified(user, rules) ? undefined : 'unverified_email';
}
