import { isBulkSkipReason, SKIP_ADVICE } from '../bulk/skip-advice.ts';
import { counted, toCount } from '../page/format.ts';
import type { UserBalance } from '../verify/user-balance.ts';

/**
 * From Cognito's count to WorkOS's in one line: `318 Cognito users − 7 disabled … = 276 with a WorkOS user
 * of their own + 3 not from this pool = 279 WorkOS users`. What is 0 is left out.
 */
export function balanceToText(balance: UserBalance): string {
  const { read, own, listed } = balance;
  const minus = Object.entries(balance.skipped).map(
    ([reason, count]): Term => [
      count,
      isBulkSkipReason(reason) ? SKIP_ADVICE[reason].short : reason,
    ],
  );
  const less = terms('−', [
    ...minus,
    [balance.unreadable, 'unreadable'],
    [
      balance.secondProfiles,
      balance.secondProfiles === 1
        ? 'second profile of a person'
        : 'second profiles of the same people',
    ],
    [balance.missing, 'missing in WorkOS'],
    [balance.toBeLinked, 'to be linked to an existing WorkOS user'],
    [balance.inConflict, 'in conflict and without a WorkOS user'],
    [balance.accepted, 'accepted'],
  ]);
  const more = terms('+', [
    [balance.extra, 'extra'],
    [balance.ofGoneProfiles, 'of deleted profiles whose user has another one'],
    [balance.acceptedExtra, 'accepted'],
    [balance.notFromThisPool, 'not from this pool'],
  ]);
  const users = counted(listed, 'WorkOS user');
  if (more === '') return `${counted(read, 'Cognito user')}${less} = ${users}`;
  return `${counted(read, 'Cognito user')}${less} = ${toCount(own)} with a WorkOS user${more} = ${users}`;
}

type Term = [count: number, words: string];

function terms(sign: '−' | '+', all: Term[]): string {
  return all
    .filter(([count]) => count > 0)
    .map(([count, words]) => ` ${sign} ${toCount(count)} ${words}`)
    .join('');
}
