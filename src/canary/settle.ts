import { setTimeout as sleep } from 'node:timers/promises';
import type { CanaryWorld, PendingSubs } from './world.ts';

/** How messages that may be under way are known to be processed. */
export type Settled = 'known' | 'assumed' | 'not_yet';

/** SQS counts approximately, so that an empty queue has to be seen more than once. */
const EMPTY_LOOKS = 3;

/**
 * Waits until no message about the canary's profiles is under way: the consumer would make a user again that was
 * deleted before it.
 *
 * @param pending `unknown`: of a run that was killed; the queue alone tells then.
 * @returns `assumed` where neither ledger nor queue can be asked, after `settleMs`.
 */
export async function untilSettled(
  world: Pick<CanaryWorld, 'lookInLedger' | 'lookAtQueue' | 'times'>,
  pending: PendingSubs | 'unknown',
): Promise<Settled> {
  if (pending !== 'unknown' && pending.size === 0) return 'known';
  const { settleMs, settlePollMs } = world.times;
  const ends = performance.now() + settleMs;
  const open = pending === 'unknown' ? undefined : new Map(pending);
  let isAsked = false;
  let emptyLooks = 0;
  for (;;) {
    isAsked = (open !== undefined && (await dropProcessed(world, open))) || isAsked;
    if (open?.size === 0) return 'known';
    const depth = await world.lookAtQueue();
    isAsked ||= depth !== 'unknown';
    emptyLooks = depth === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks >= EMPTY_LOOKS) return 'known';
    if (performance.now() + settlePollMs > ends) return isAsked ? 'not_yet' : 'assumed';
    await sleep(settlePollMs);
  }
}

/** @returns whether the ledger could be read. */
async function dropProcessed(
  { lookInLedger }: Pick<CanaryWorld, 'lookInLedger'>,
  open: PendingSubs,
): Promise<boolean> {
  for (const [sub, shownAt] of open) {
    const entry = await lookInLedger(sub);
    if (entry === 'unknown') return false;
    if (entry && Date.parse(entry.observedAt) >= shownAt.getTime()) open.delete(sub);
  }
  return true;
}
