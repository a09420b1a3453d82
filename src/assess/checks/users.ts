import { CONFLICT_ADVICE, isConflictReason } from '../../mirror/decide/conflicts.ts';
import { counted, sumOf } from '../../page/format.ts';
import { affectedToText } from '../affected-text.ts';
import type { AssessmentCheck } from '../check.ts';
import type { Assessment, LossName } from '../facts.ts';
import { toLosses } from '../losses.ts';

export function usableUsers({ users, forecast }: Assessment): AssessmentCheck {
  const { skipped, read, failed } = forecast.seed;
  const usable = read - sumOf(skipped) - failed;
  const along = usable - forecast.seed.conflicts;
  if (usable > 0) {
    return {
      name: 'usable_users',
      status: 'ok',
      detail: `${counted(along, 'user comes', 'users come')} along`,
      section: 'forecast',
    };
  }
  const noEmail = users.total > 0 && users.email.none === users.total;
  return {
    name: 'usable_users',
    status: 'blocked',
    detail: noEmail ? 'No user of this pool has an email' : 'No user of this pool can be brought',
    todo: noEmail
      ? 'A WorkOS user needs one: collect addresses in the application first'
      : 'See why they are left out',
    section: 'forecast',
  };
}

/** Without WorkOS none can be expected, nor excluded. */
export function conflicts({ forecast, workosUsers }: Assessment): AssessmentCheck | undefined {
  const count = forecast.seed.conflicts;
  if (count === 0 && !workosUsers.known) return undefined;
  if (count === 0) {
    return {
      name: 'conflicts',
      status: 'ok',
      detail: 'No conflict is expected',
      section: 'forecast',
    };
  }
  const commonest = Object.entries(forecast.conflictReasons).sort((a, b) => b[1] - a[1])[0]?.[0];
  return {
    name: 'conflicts',
    status: 'look',
    detail: `${counted(count, 'user')} will be in conflict`,
    ...(commonest !== undefined &&
      isConflictReason(commonest) && { todo: CONFLICT_ADVICE[commonest].todo }),
    section: 'forecast',
  };
}

export function unreadable({ forecast }: Assessment): AssessmentCheck | undefined {
  if (forecast.seed.failed === 0) return undefined;
  return {
    name: 'unreadable',
    status: 'look',
    detail: `${counted(forecast.seed.failed, 'record')} cannot be read, and will fail`,
    todo: '--report FILE names them',
    section: 'forecast',
  };
}

export function workos({ workosUsers }: Assessment): AssessmentCheck | undefined {
  if (!workosUsers.known) {
    return {
      name: 'workos',
      status: 'look',
      detail: 'WorkOS was not looked at: conflicts with its users are not known',
      todo: workosUsers.why,
      section: 'workos',
    };
  }
  const { otherPool } = workosUsers.value.kinds;
  if (otherPool === 0) return undefined;
  return {
    name: 'workos',
    status: 'look',
    detail: `${counted(otherPool, 'WorkOS user')} of another user pool ${otherPool === 1 ? 'is' : 'are'} in this environment`,
    todo: 'Check that it is the right WorkOS environment: addresses are unique in it',
    section: 'workos',
  };
}

/** Losses that are a matter of course: every pool has them, and nothing is to be decided. */
const MATTERS_OF_COURSE = new Set<LossName>(['sessions', 'devices', 'left_out', 'passwords']);

export function decisions(facts: Assessment): AssessmentCheck[] {
  const open = toLosses(facts).filter(({ name }) => !MATTERS_OF_COURSE.has(name));
  return open.map(({ name, title, affected, todo }) => ({
    name,
    status: 'look',
    detail: `${title}: ${affectedToText(affected)}`,
    todo,
    section: 'losses',
  }));
}
