import { SSMClient } from '@aws-sdk/client-ssm';
import { AWS_REQUEST } from '../aws/aws-request.ts';
import type { ConsumerConfig } from '../config/consumer.ts';
import { createMirrorWithLedger } from '../ledger/connect-ledger.ts';
import type { LedgerMirror } from '../ledger/ledger-mirror.ts';
import { NO_USAGE_REPORT, withoutLedger } from '../ledger/no-ledger.ts';
import type { UsageReport } from '../ledger/usage-report.ts';
import { NO_DELETIONS } from '../mirror/deletion-limit.ts';
import { createFindActive, type FindActive } from '../mirror/find-active.ts';
import { createProcessMemory } from '../mirror/memory.ts';
import { createMirror } from '../mirror/mirror.ts';
import { createSettleGone } from '../mirror/settle-gone.ts';
import { createUserLocks } from '../mirror/user-locks.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Profiles } from '../user/profiles.ts';
import { profilesOnDemand } from '../user/profiles-on-demand.ts';
import { createApiKeySource } from '../workos/api-key.ts';
import { withBackgroundPart } from '../workos/background.ts';
import { createRateLimiter } from '../workos/rate-limiter.ts';
import { createShareLimiter, type ShareLimiter } from '../workos/share-limiter.ts';
import { createWorkosUsers } from '../workos/workos-users.ts';

/** The part of the share that the patrol's users may have: the rest is for sign-ins. */
const BACKGROUND_PART = 0.8;

/**
 * The mirror of the consumer, where it asks about profiles and disabled users, and the report of its requests to bulk
 * runs.
 */
type ConsumerMirror = {
  mirror: LedgerMirror;
  profiles: Profiles;
  findActive: FindActive;
  usage: UsageReport;
};

/**
 * Connects the mirror to WorkOS, to Cognito and, where the configuration names a table, to the ledger.
 * Sends nothing: the first requests are those of the first batch.
 */
export function connectConsumerMirror(
  config: ConsumerConfig,
  { log, counters }: Pick<Telemetry, 'log' | 'counters'>,
  clock: () => Date,
): ConsumerMirror {
  let usage = NO_USAGE_REPORT;
  const ssm = () => new SSMClient({ requestHandler: AWS_REQUEST, maxAttempts: 2 });
  const workosUsers = createWorkosUsers({
    config: config.workos,
    apiKey: createApiKeySource(config.workos.apiKey, ssm),
    limiter: createLimiter(config),
    counter: {
      sent(kind) {
        usage.sent(kind);
        counters.count(kind === 'read' ? 'WorkosReads' : 'WorkosWrites');
      },
      rateLimited: () => counters.count('WorkosRateLimited'),
    },
  });
  const profiles = poolProfiles(config, clock);
  const mirror = { workosUsers, profiles, config: config.mirror };
  const findActive = createFindActive(workosUsers);
  const { deletions } = config;
  if (!config.ledger) {
    if (deletions.mode === 'delete') log.warn(NOTHING_COUNTED);
    const parts = { ...mirror, memory: createProcessMemory(), locks: createUserLocks() };
    const settleGone = createSettleGone({
      ...parts,
      ...(deletions.mode === 'delete' && { deletions: NO_DELETIONS }),
      clock,
    });
    const bare = withoutLedger(createMirror(parts), settleGone);
    return { mirror: bare, profiles, findActive, usage };
  }
  const connected = createMirrorWithLedger({
    mirror,
    config: config.ledger,
    ...(deletions.mode === 'delete' && { maxDeletionsPerDay: deletions.maxPerDay }),
    clock,
    onHit: () => counters.count('LedgerHit'),
    onUnavailable(failure) {
      counters.count('LedgerUnavailable');
      log.warn('a request to the ledger failed: continuing without it', failure);
    },
  });
  usage = connected.usage;
  return { ...connected, profiles, findActive };
}

const NOTHING_COUNTED =
  'SYNC_DELETIONS is delete, but SYNC_LEDGER_TABLE is not set, so that deletions cannot be counted: every deletion is held back';

function createLimiter({ workosShare, concurrency: sharers }: ConsumerConfig): ShareLimiter {
  const part = createShareLimiter({ share: workosShare * BACKGROUND_PART, sharers });
  return withBackgroundPart(createShareLimiter({ share: workosShare, sharers }), part);
}

/**
 * How many requests to Cognito all consumers together send a second: of the account's thirty (docs/facts.md#cognito-rate-limits)
 * the application needs the most, and the patrol some. A sign-in seldom needs one.
 */
const PROFILES_PER_SECOND = 12;

/**
 * Profiles of the configured pool, whatever pool a message names; without one, of the message's. Read at an even pace: a
 * script that deletes a thousand users must not take the quota from the application.
 */
function poolProfiles(
  { userPoolId, concurrency }: Pick<ConsumerConfig, 'userPoolId' | 'concurrency'>,
  clock: () => Date,
): Profiles {
  const pace = createRateLimiter(PROFILES_PER_SECOND / concurrency);
  const profiles = profilesOnDemand(async () => {
    const { connectPoolProfiles } = await import('../cognito/connect-pool-profiles.ts');
    return connectPoolProfiles(clock);
  });
  return {
    ...profiles,
    find: ({ sub, userPoolId: named }, signal) =>
      pace.add(
        () => profiles.find({ sub, userPoolId: userPoolId ?? named }, signal),
        signal ? { signal } : {},
      ),
  };
}
