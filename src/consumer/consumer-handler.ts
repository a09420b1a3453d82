import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type ConsumerConfig, loadConsumerConfig } from '../config/consumer.ts';
import type { Environment } from '../config/environment.ts';
import { createMirrorWithLedger } from '../ledger/connect-ledger.ts';
import type { LedgerMirror } from '../ledger/ledger-mirror.ts';
import { NO_USAGE_REPORT, withoutLedger } from '../ledger/no-ledger.ts';
import type { UsageReport } from '../ledger/usage-report.ts';
import { createMirror } from '../mirror/mirror.ts';
import { createTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import type { Profiles } from '../user/profiles.ts';
import { profilesOnDemand } from '../user/profiles-on-demand.ts';
import { createApiKeySource } from '../workos/api-key.ts';
import { createStartRate } from '../workos/rate-limiter.ts';
import { createWorkosUsers } from '../workos/workos-users.ts';
import { createBatchConsumer } from './consume-batch.ts';
import { createDeadLetter } from './dead-letter.ts';
import { createRetry } from './retry.ts';

/**
 * Kept free at the end of an invocation, for handing messages back and publishing metrics; a quarter
 * of the time where that is less.
 */
const RESERVE_MS = 5_000;
/** Where nobody tells the time (a local call without a context): the deployed timeout. */
const DEFAULT_REMAINING_MS = 60_000;

/** AWS calls here are small and local; one that hangs must not eat the reserve. */
const AWS_REQUEST = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  throwOnRequestTimeout: true,
};

/**
 * The queue's consumer: one batch in, the messages that have to come again out.
 *
 * A bad configuration fails every invocation, and so hands every message back, until it is mended.
 */
export function createConsumerHandler(options: { service: string; env: Environment }) {
  const telemetry = createTelemetry(options.service);
  const consumer = atOnce(() => createConsumer(loadConsumerConfig(options.env), telemetry));
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(telemetry.logger, { logEvent: false }))
    .use(logMetrics(telemetry.metrics))
    .handler(async (event: SQSEvent, context: Partial<Context>) => {
      const remaining = context.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS;
      return consumer()(event, AbortSignal.timeout(workingTime(remaining)));
    });
}

function workingTime(remainingMs: number): number {
  return Math.max(1, Math.floor(remainingMs - Math.min(RESERVE_MS, remainingMs / 4)));
}

type Connected = { mirror: LedgerMirror; usage: UsageReport };

function createConsumer(config: ConsumerConfig, telemetry: Telemetry) {
  const { log, counters } = telemetry;
  const sqs = new SQSClient({ requestHandler: AWS_REQUEST, maxAttempts: 2 });
  const { mirror, usage } = createConsumerMirror(config, telemetry);
  const consume = createBatchConsumer({
    mirror,
    deadLetter: createDeadLetter({ sqs, deadLetterQueueUrl: config.deadLetterQueueUrl }),
    retry: createRetry({ sqs, queueUrl: config.queueUrl, log, clock: now }),
    log,
    counters,
    clock: now,
  });
  return async (event: SQSEvent, signal: AbortSignal) => {
    const response = await consume(event, signal);
    await usage.report();
    return response;
  };
}

function createConsumerMirror(config: ConsumerConfig, { log, counters }: Telemetry): Connected {
  let usage = NO_USAGE_REPORT;
  const ssm = () => new SSMClient({ requestHandler: AWS_REQUEST, maxAttempts: 2 });
  const workosUsers = createWorkosUsers({
    config: config.workos,
    apiKey: createApiKeySource(config.workos.apiKey, ssm),
    startRate: createStartRate({ share: config.workosShare, sharers: config.concurrency }),
    counter: {
      sent(kind) {
        usage.sent(kind);
        counters.count(kind === 'read' ? 'WorkosReads' : 'WorkosWrites');
      },
      rateLimited: () => counters.count('WorkosRateLimited'),
    },
  });
  const mirror = { workosUsers, profiles: inPool(config.userPoolId), config: config.mirror };
  if (!config.ledger) return { mirror: withoutLedger(createMirror(mirror)), usage };
  const connected = createMirrorWithLedger({
    mirror,
    config: config.ledger,
    clock: now,
    onHit: () => counters.count('LedgerHit'),
    onUnavailable(failure) {
      counters.count('LedgerUnavailable');
      log.warn('the ledger cannot be asked: going on without it', failure);
    },
  });
  usage = connected.usage;
  return connected;
}

function now(): Date {
  return new Date();
}

/** Whom the mirror asks before it does anything on the strength of an email. */
function inPool(userPoolId: string | undefined): Profiles {
  const profiles = profilesOnDemand(async () => {
    const { connectPoolProfiles } = await import('../cognito/connect-pool-profiles.ts');
    return connectPoolProfiles(now);
  });
  if (userPoolId === undefined) return profiles;
  return {
    ...profiles,
    find: (profile, signal) => profiles.find({ ...profile, userPoolId }, signal),
  };
}

/** Creates while the function starts, when Lambda lends a whole processor; fails when used. */
function atOnce<T>(create: () => T): () => T {
  try {
    const value = create();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
