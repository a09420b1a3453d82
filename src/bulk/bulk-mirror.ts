import { createReread, type Reread } from '../cognito/reread.ts';
import type { UserSource } from '../cognito/user-source.ts';
import type { MirrorConfig } from '../config/mirror.ts';
import type { BulkLedger } from '../ledger/bulk-ledger.ts';
import { configToRules, createMirror, type Mirror } from '../mirror/mirror.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import { RetryableError } from '../workos/users.ts';
import type { BulkResult } from './bulk-result.ts';
import type { CognitoIndex } from './cognito-index.ts';
import { withIndex } from './index-memory.ts';
import { createIndexedUsers, createIndexOnlyUsers } from './indexed-users.ts';
import type { RateLimitedUsers } from './rate-limited-users.ts';
import { createSafeMirror } from './safe-mirror.ts';
import { createSourceProfiles, NotListedYetError } from './source-profiles.ts';
import type { WorkosIndex } from './workos-index.ts';
import { createWrittenDifferences, type WrittenDifferences } from './written-differences.ts';

type BulkMirrorDependencies = {
  source: UserSource;
  workosUsers: RateLimitedUsers;
  /** All WorkOS users; kept in step with what is written. */
  index: WorkosIndex;
  /** The Cognito profiles read so far; kept in step with what is read again. */
  profiles: CognitoIndex;
  /** Whether the source has been read to its end. */
  isListed: () => boolean;
  config: MirrorConfig;
  ledger: BulkLedger;
  /** Decides as always, and writes to the index alone. Default false. */
  dryRun?: boolean | undefined;
  /** Each result says what was written, field by field. Default false. */
  keepDifferences?: boolean | undefined;
  /** Fires when requests in flight should be aborted. */
  abort: AbortSignal;
  /** Told what an operator should know that changes no outcome. Safe to print. */
  onNotice?: ((notice: string) => void) | undefined;
};

/** What every run over all users works with: seed and `verify --fix` alike. */
export type BulkMirror = {
  /**
   * Mirrors one user from the index, so that an unchanged user costs no request. Requests that keep
   * failing end as the outcome `failed`.
   *
   * @throws NotListedYetError when the outcome depends on files that have not been read yet; the abort
   *   signal's reason; what is a defect.
   */
  mirror(user: ObservedUser): Promise<BulkResult>;
  /** The user as Cognito has it now, noted in `profiles`. */
  reread: Reread;
  /** The Cognito profiles that a decision by email rests on. */
  holders: Profiles;
};

export function createBulkMirror(dependencies: BulkMirrorDependencies): BulkMirror {
  const { source, workosUsers, index, profiles, isListed, config, ledger } = dependencies;
  const { dryRun = false, keepDifferences = false, abort, onNotice } = dependencies;
  const holders = createSourceProfiles({ source, listed: profiles, isListed });
  const ask = createReread({
    source,
    abort,
    onFailure: (why) => onNotice?.(`Cognito is no longer asked again about single users: ${why}`),
  });

  async function reread(user: ObservedUser): Promise<ObservedUser | undefined> {
    const now = await ask(user);
    if (now) profiles.put(now);
    else profiles.remove(user.sub);
    return now;
  }

  const users = dryRun ? createIndexOnlyUsers(index) : createIndexedUsers({ workosUsers, index });
  const written = keepDifferences ? createWrittenDifferences(index) : undefined;
  const mirror = createMirror({
    workosUsers: written ? written.watch(users) : users,
    profiles: holders,
    config,
    knowsAllProfiles: true,
    memory: withIndex(ledger.memory, index),
    leases: ledger.leases,
  });
  const safeMirror = createSafeMirror({
    mirror: source.asOf === 'export' ? unlessOutdated(mirror, ledger) : mirror,
    reread: dryRun ? async (user) => user : reread,
    index,
    rules: configToRules(config),
    onNotice,
  });
  return {
    reread,
    holders,
    async mirror(user) {
      try {
        return withDifference(await safeMirror(user, abort), written);
      } catch (error) {
        const isFinal = error instanceof NotListedYetError || !(error instanceof RetryableError);
        if (isFinal || abort.aborted) throw error;
        return { sub: user.sub, outcome: 'failed', reason: error.message };
      }
    },
  };
}

function withDifference(result: BulkResult, written: WrittenDifferences | undefined): BulkResult {
  const { workosUserId, outcome } = result;
  if (!written || workosUserId === undefined || outcome === 'conflict') return result;
  const difference = written.take(workosUserId);
  return difference && difference.fields.length > 0 ? { ...result, difference } : result;
}

/** An exported record may be older than what a trigger has seen since. */
function unlessOutdated(mirror: Mirror, ledger: BulkLedger): Mirror {
  return async (user, signal) =>
    ledger.isOutdated(user) ? { outcome: 'stale' } : mirror(user, signal);
}
