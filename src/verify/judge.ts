import { setImmediate } from 'node:timers/promises';
import { isFinding } from '../compare/verdict.ts';
import type { Acceptance } from './accepted.ts';
import type { VerifyContext } from './context.ts';
import { findErased } from './find-erased.ts';
import { findOrphans } from './find-orphans.ts';
import { recheckOrphans } from './recheck-orphans.ts';
import { recheckUsers } from './recheck-users.ts';

export type Judging = {
  /** The latest time at which a user was observed. */
  newest: string;
  accept: readonly Acceptance[];
  onProgress?: ((progress: ComparingProgress) => void) | undefined;
};

export type ComparingProgress = { phase: 'comparing'; users: number; differing: number };

/**
 * Judges every user on both sides from what has been listed, and rechecks what differs. Verdicts of an
 * earlier call are dropped.
 *
 * @returns how many findings were not rechecked, because they are too many.
 */
export async function judge(context: VerifyContext, judging: Judging): Promise<number> {
  const { comparison, userPoolId, isLive, rules } = context;
  comparison.clearVerdicts();
  await compareAll(context, judging);
  let notRechecked = await recheckUsers(context);
  await findErased(context);
  findOrphans(comparison, userPoolId, rules, isLive ? undefined : judging.newest);
  notRechecked += await recheckOrphans(context);
  comparison.accepted.apply(judging.accept);
  return notRechecked;
}

async function compareAll(
  { comparison, stop }: VerifyContext,
  { onProgress }: Judging,
): Promise<void> {
  let users = 0;
  let differing = 0;
  for (const page of comparison.profiles.pages()) {
    stop.throwIfAborted();
    comparison.together(() => {
      for (const user of page) {
        users++;
        if (isFinding(comparison.judge(user))) differing++;
      }
    });
    onProgress?.({ phase: 'comparing', users, differing });
    // Lets Node handle a signal.
    await setImmediate();
  }
}
