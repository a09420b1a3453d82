import { withIndex } from '../bulk/index-memory.ts';
import { createIndexedUsers } from '../bulk/indexed-users.ts';
import type { RateLimitedUsers } from '../bulk/rate-limited-users.ts';
import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import { createRecheckingMirror } from '../bulk/safe-mirror.ts';
import { createWorkers } from '../bulk/workers.ts';
import type { Reread } from '../cognito/reread.ts';
import type { MirrorConfig } from '../config/mirror.ts';
import type { BulkLedger } from '../ledger/bulk-ledger.ts';
import { configToRules, createMirror } from '../mirror/mirror.ts';
import type { SeedResult } from '../seed/state.ts';
import type { Profiles } from '../user/profiles.ts';
import { RetryableError } from '../workos/users.ts';
import type { Comparison } from './comparison.ts';

export type Fix = {
  comparison: Comparison;
  ledger: BulkLedger;
  reread: Reread;
  workosUsers: RateLimitedUsers;
  profiles: Profiles;
  scheduler: RequestScheduler;
  config: MirrorConfig;
  stop: AbortSignal;
  abort: AbortSignal;
  onFixed?: (result: SeedResult) => void;
  /** Something that a person has to do. Safe to print. */
  onNotice?: (notice: string) => void;
};

/**
 * Mirrors the users of a comparison that the mirror can bring into agreement, with the seed's pace and its
 * care for live events, and deletes nobody. What WorkOS refuses is noted in the comparison.
 *
 * @returns how many were written; `complete` is false when it was stopped.
 */
export async function fix(dependencies: Fix): Promise<{ complete: boolean; written: number }> {
  const { comparison, reread, workosUsers, profiles, scheduler, config, ledger, stop, abort } =
    dependencies;
  const { onFixed, onNotice } = dependencies;
  const { index, findings } = comparison;
  const safeMirror = createRecheckingMirror({
    mirror: createMirror({
      workosUsers: createIndexedUsers({ workosUsers, index }),
      profiles,
      config,
      knowsAllProfiles: true,
      memory: withIndex(ledger.memory, index),
      leases: ledger.leases,
    }),
    reread: async (user) => {
      const now = await reread(user);
      if (now) comparison.profiles.put(now);
      return now;
    },
    index,
    rules: configToRules(config),
    onNotice,
  });
  let written = 0;

  function note(result: SeedResult): void {
    const { sub, outcome, reason } = result;
    if (outcome === 'created' || outcome === 'linked' || outcome === 'updated') written++;
    else if (reason !== undefined) findings.noteRefusal(sub, reason);
    onFixed?.(result);
  }

  const workers = createWorkers({
    scheduler,
    stop: AbortSignal.any([stop, abort]),
    async settle(listed) {
      // As it is now: whoever was deleted since the listing must not come to WorkOS.
      const user = await reread(listed);
      if (!user) return;
      try {
        note(await safeMirror(user, abort));
      } catch (error) {
        if (abort.aborted) return;
        if (!(error instanceof RetryableError)) throw error;
        note({ sub: user.sub, outcome: 'failed', reason: error.message });
      }
    },
  });
  for (const users of findings.fixablePages()) {
    await ledger.prepare(users.map(({ sub }) => sub));
    for (const user of users) if (workers.isRunning()) await workers.begin(user);
    // Those who have made room come before those who need it.
    await workers.idle();
  }
  try {
    return { complete: await workers.end(), written };
  } finally {
    await ledger.end();
  }
}
