import { SSMClient } from '@aws-sdk/client-ssm';
import type { ConsumerConfig } from '../config/consumer.ts';
import { createMirrorWithLedger } from '../ledger/connect-ledger.ts';
import type { LedgerMirror } from '../ledger/ledger-mirror.ts';
import { NO_USAGE_REPORT, withoutLedger } from '../ledger/no-ledger.ts';
import type { UsageReport } from '../ledger/usage-report.ts';
import { createMirror } from '../mirror/mirror.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Profiles } from '../user/profiles.ts';
import { profilesOnDemand } from '../user/profiles-on-demand.ts';
import { createApiKeySource } from '../workos/api-key.ts';
import { withBackgroundPart } from '../workos/background.ts';
import { createShareLimiter, type ShareLimiter } from '../workos/share-limiter.ts';
import { createWorkosUsers } from '../workos/workos-users.ts';
import { AWS_REQUEST } from './aws-request.ts';

/** The part of the share that the patrol's users may have: the rest is for sign-ins. */
const BACKGROUND_PART = 0.8;

/** The mirror of the consumer, where it asks about profiles, and the report of its requests to bulk runs. */
type ConsumerMirror = { mirror: LedgerMirror; profiles: Profiles; usage: UsageReport };

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
  const profiles = poolProfiles(config.userPoolId, clock);
  const mirror = { workosUsers, profiles, config: config.mirror };
  if (!config.ledger) return { mirror: withoutLedger(createMirror(mirror)), profiles, usage };
  const connected = createMirrorWithLedger({
    mirror,
    config: config.ledger,
    clock,
    onHit: () => counters.count('LedgerHit'),
    onUnavailable(failure) {
      counters.count('LedgerUnavailable');
      log.warn('a request to the ledger failed: continuing without it', failure);
    },
  });
  usage = connected.usage;
  return { ...connected, profiles };
}

function createLimiter({ workosShare, concurrency: sharers }: ConsumerConfig): ShareLimiter {
  const part = createShareLimiter({ share: workosShare * BACKGROUND_PART, sharers });
  return withBackgroundPart(createShareLimiter({ share: workosShare, sharers }), part);
}

/** Profiles of the configured pool, whatever pool a message names; without one, of the message's. */
function poolProfiles(userPoolId: string | undefined, clock: () => Date): Profiles {
  const profiles = profilesOnDemand(async () => {
    const { connectPoolProfiles } = await import('../cognito/connect-pool-profiles.ts');
    return connectPoolProfiles(clock);
  });
  if (userPoolId === undefined) return profiles;
  return {
    ...profiles,
    find: (profile, signal) => profiles.find({ ...profile, userPoolId }, signal),
  };
}
