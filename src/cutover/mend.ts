import PQueue from 'p-queue';
import type { ObservedUser } from '../cognito/observed-user.ts';
import type { SourcePage, UserSource } from '../cognito/user-source.ts';
import type { MirrorConfig } from '../config.ts';
import type { Pace } from '../seed/pace.ts';
import type { Reread } from '../seed/reread.ts';
import { seed } from '../seed/seed.ts';
import { openState, type SeedResult } from '../seed/state.ts';
import type { ListableDirectory } from '../workos/user-directory.ts';
import type { Ledger } from './ledger.ts';

export type Mend = {
  ledger: Ledger;
  source: UserSource;
  reread: Reread;
  directory: ListableDirectory;
  pace: Pace;
  config: MirrorConfig;
  /** Where the run notes what it did; the file must not be there yet. */
  stateFile: string;
  stop: AbortSignal;
  abort: AbortSignal;
  onMended?: (result: SeedResult) => void;
  onNotice?: (notice: string) => void;
};

const REREADS_AT_A_TIME = 8;

/**
 * Brings the missing and the stale users of a ledger into WorkOS, as a seed of these alone: with its
 * pace, its care for live events, and no deletion. What WorkOS refuses is noted in the ledger.
 *
 * @returns how many were written; `complete` is false when it was stopped.
 */
export async function mend(dependencies: Mend): Promise<{ complete: boolean; written: number }> {
  const { ledger, source, stateFile, onMended } = dependencies;
  const binding = { userPoolId: 'verify', workos: 'verify' };
  const state = openState(stateFile, binding);
  try {
    const complete = await seed({
      ...dependencies,
      state,
      dryRun: false,
      source: { ...source, pages: () => driftingPages(dependencies) },
      onProgress: (progress) => {
        if (progress.phase === 'seeding') onMended?.(progress.result);
      },
    });
    let written = 0;
    for (const { sub, outcome, reason } of state.results()) {
      if (outcome === 'created' || outcome === 'linked' || outcome === 'updated') written++;
      else if (reason !== undefined) ledger.findings.noteRefusal(sub, reason);
    }
    return { complete, written };
  } finally {
    state.close();
  }
}

/** As they are now: whoever was deleted since the listing must not come to WorkOS. */
async function* driftingPages({ ledger, reread }: Mend): AsyncGenerator<SourcePage> {
  for (const listed of ledger.findings.pages(['missing', 'stale'])) {
    const queue = new PQueue({ concurrency: REREADS_AT_A_TIME });
    const now = await queue.addAll(listed.map((user) => () => reread(user)));
    const users = now.filter((user): user is ObservedUser => user !== undefined);
    yield { users, problems: [] };
  }
}
