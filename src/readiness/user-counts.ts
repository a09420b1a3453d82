import { skipReason } from '../mirror/decide/decision.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { userToTags } from '../mirror/decide/tags.ts';
import { countsAsVerified } from '../mirror/decide/trust.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Finding } from '../verify/finding.ts';
import type { Readiness } from './facts.ts';

/** Counts what the readiness report says of the Cognito users themselves, as they go by. */
export interface Tally {
  add(user: ObservedUser): void;
  result(): Pick<Readiness, 'kinds' | 'withoutUsableEmail'>;
}

/** How many of a kind the report names. */
export const EXAMPLES = 20;

export function createTally(rules: MirrorRules): Tally {
  const providers = new Map<string, number>();
  const kinds = { password: 0, federatedOnly: 0, passwordAndFederated: 0 };
  const unusable: Readiness['withoutUsableEmail'] = { count: 0, examples: [] };

  function countKind(user: ObservedUser): void {
    const { password, federated } = userToTags(user);
    if (password && federated) kinds.passwordAndFederated++;
    else if (password) kinds.password++;
    else kinds.federatedOnly++;
    for (const name of new Set(user.identities.map(({ providerName }) => providerName))) {
      providers.set(name, (providers.get(name) ?? 0) + 1);
    }
  }

  return {
    add(user) {
      const skipped = skipReason(user);
      if (skipped === undefined) countKind(user);
      const reason = emailProblem(user, skipped, rules);
      if (reason === undefined) return;
      unusable.count++;
      if (unusable.examples.length >= EXAMPLES) return;
      unusable.examples.push({ ...userToFinding(user), reason });
    },
    result: () => ({
      kinds: { ...kinds, federated: Object.fromEntries([...providers].sort()) },
      withoutUsableEmail: unusable,
    }),
  };
}

/** Of confirmed, enabled users alone: the others are left out for another reason. */
function emailProblem(
  user: ObservedUser,
  skipped: string | undefined,
  rules: MirrorRules,
): 'no_email' | 'unverified_email' | undefined {
  if (skipped === 'no_email') return 'no_email';
  if (skipped !== undefined || countsAsVerified(user, rules)) return undefined;
  return 'unverified_email';
}

function userToFinding({ sub, username, email }: ObservedUser): Finding {
  return { sub, username, ...(email !== undefined && { email }) };
}
