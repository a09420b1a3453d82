import { counted } from '../../page/format.ts';
import type { ReadinessCheck, VerdictFacts } from '../check.ts';

/** Do both sides agree: a check for each kind of difference, or one that says that they do. */
export function agreementChecks(facts: VerdictFacts): ReadinessCheck[] {
  const found = differences(facts)
    .filter(({ count }) => count > 0)
    .map(({ count: _, ...check }): ReadinessCheck => ({ ...check, status: 'differs' }));
  if (!facts.complete) {
    found.unshift({
      name: 'complete',
      status: 'differs',
      detail: 'The comparison was stopped, so that not every user was compared',
      todo: 'Run the same command again.',
    });
  }
  return found.length > 0 ? found : [noDifference(facts)];
}

type DifferenceCheck = Omit<ReadinessCheck, 'status'> & { count: number };

function differences(facts: VerdictFacts): DifferenceCheck[] {
  const { missing, stale, conflicts, extra, unreadable } = facts;
  return [
    {
      name: 'missing',
      count: missing.count,
      detail: `${counted(missing.count, 'user')} missing in WorkOS`,
      todo: 'Run npx cws verify with --fix.',
    },
    {
      name: 'stale',
      count: stale.count,
      detail: `${counted(stale.count, 'user')} different in WorkOS`,
      todo: 'Run npx cws verify with --fix.',
    },
    {
      name: 'conflicts',
      count: conflicts.count,
      detail: `${counted(conflicts.count, 'user')} in conflict`,
      todo: 'Decide about each: verify says what each reason means.',
    },
    {
      name: 'extra',
      count: extra.count,
      detail: `${counted(extra.count, 'WorkOS user')} without a Cognito user`,
      todo: 'Decide about each: npx cws verify with --fix --delete-extra lists them, asks, and deletes them in WorkOS.',
    },
    {
      name: 'unreadable',
      count: unreadable,
      detail: `${counted(unreadable, 'Cognito record')} could not be read`,
      todo: 'Fix them in Cognito.',
    },
  ];
}

function noDifference({ checked, agreeing, skipped }: VerdictFacts): ReadinessCheck {
  if (checked === 0) {
    const detail = 'No user was looked at';
    return { name: 'users', status: 'look', detail, todo: 'Check that it is the right pool.' };
  }
  const { newer_in_workos: newer = 0 } = skipped;
  if (newer > 0) {
    const detail = `${counted(newer, 'user')} not compared: WorkOS was synced after the export`;
    return {
      name: 'users',
      status: 'look',
      detail,
      todo: 'Export the pool again, or leave out --from.',
    };
  }
  const detail = `Both sides agree about ${counted(agreeing, 'user')}`;
  return { name: 'users', status: 'ok', detail };
}
