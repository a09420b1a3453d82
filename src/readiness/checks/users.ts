import { counted } from '../../page/format.ts';
import type { ReadinessCheck, VerdictFacts } from '../check.ts';
import type { MfaReadiness } from '../facts.ts';

/** Which users will notice the cutover. Passwords are no check: a cutover mails those who do not keep theirs. */
export function userChecks(facts: VerdictFacts): ReadinessCheck[] {
  return [usableEmail(facts), providers(facts), mfa(facts.mfa)];
}

function usableEmail({ withoutUsableEmail: { count } }: VerdictFacts): ReadinessCheck {
  const name = 'usable_email';
  if (count === 0) return { name, status: 'ok', detail: 'All users have a usable email' };
  return {
    name,
    status: 'look',
    detail: `${counted(count, 'user')} without a usable email`,
    todo: 'Give them an address in Cognito, or verify it there.',
  };
}

function providers({ providers: all, withoutWayIn }: VerdictFacts): ReadinessCheck {
  const name = 'providers';
  const without = all.filter(({ hasCounterpart }) => !hasCounterpart);
  if (without.length === 0) {
    const detail = all.length === 0 ? 'No provider is in use' : 'WorkOS has all providers in use';
    return { name, status: 'ok', detail };
  }
  const used = without.map(
    (each) => `${each.name}, used by ${counted(each.count, 'person', 'people')}`,
  );
  const lost = `${counted(withoutWayIn, 'person loses', 'people lose')} their only way in`;
  return {
    name,
    status: 'look',
    detail: `WorkOS does not have ${used.join('; ')}${withoutWayIn > 0 ? `: ${lost}` : ''}`,
    todo: 'Tell them to sign in by email, or give them a password.',
  };
}

function mfa({ setting, enrolled, notLookedAt, why }: MfaReadiness): ReadinessCheck {
  const name = 'mfa';
  if (enrolled.count > 0) {
    const detail = `${counted(enrolled.count, 'user')} must enrol in MFA again`;
    return { name, status: 'look', detail, todo: 'Tell them: Cognito gives no MFA secrets out.' };
  }
  if (setting === 'OFF') return { name, status: 'ok', detail: 'MFA is off in the pool' };
  if (notLookedAt === 0) return { name, status: 'ok', detail: 'No user must enrol in MFA again' };
  const detail = 'It is not known for all users whether they have MFA';
  return { name, status: 'look', detail, ...(why !== undefined && { todo: sentence(why) }) };
}

/** Why something is not known, which says what to give or to allow, as a sentence. */
export function sentence(why: string): string {
  const text = why.trim();
  const end = /[.!?]$/.test(text) || text === '' ? '' : '.';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${end}`;
}
