import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { AWS_REQUEST } from '../aws/aws-request.ts';
import { connectPoolProfiles } from '../cognito/connect-pool-profiles.ts';
import type { Environment } from '../config/environment.ts';
import { loadPoolChangeConfig } from '../config/pool-changes.ts';
import { connectKnownSubs } from '../ledger/connect-ledger.ts';
import { createTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import { createChangeConsumer } from './consume-changes.ts';
import { toInvocation } from './event-batch.ts';
import { createChangeObserver } from './observe-change.ts';
import { createPacedProfiles } from './paced-profiles.ts';
import { createPublishChange } from './publish-change.ts';

/**
 * The function's queue runs two at a time (serverless/pool-change.yml): together they keep up with a thousand
 * changes a minute, and leave the application about half of the account's thirty ListUsers requests a second
 * (docs/facts.md#cognito-rate-limits).
 */
const REQUESTS_PER_SECOND = 8;
/** Reserved at the end of an invocation for its answer. */
const RESERVE_MS = 5_000;
/** In a local call without a context: the timeout of the deployed function. */
const DEFAULT_REMAINING_MS = 60_000;

/** A single event could not be published: Lambda, or its caller, invokes the function again. */
class ChangeNotPublishedError extends Error {
  override name = 'ChangeNotPublishedError';
}

/**
 * The Lambda handler of Cognito's CloudTrail events: reads the user of each event again and publishes it to the
 * sync queue (docs/design.md#pool-changes).
 *
 * It takes a batch of its queue, and reports the messages to be delivered again as `batchItemFailures`; or one
 * event as EventBridge has it, and fails where that could not be published.
 *
 * @param options.service the function's name in logs and metrics.
 * @param options.env see `loadPoolChangeConfig`; a bad one fails every invocation, and the events stay queued.
 */
export function createChangeHandler(options: { service: string; env: Environment }) {
  const telemetry = createTelemetry(options.service);
  let consumer: ReturnType<typeof connect> | undefined;
  return middy<unknown, SQSBatchResponse | undefined>()
    .use(injectLambdaContext(telemetry.logger, { logEvent: false }))
    .use(logMetrics(telemetry.metrics))
    .handler(async (event: unknown, context: Partial<Context> | undefined) => {
      consumer ??= connect(options.env, telemetry);
      const invocation = toInvocation(event);
      const deliveries =
        invocation.kind === 'batch'
          ? invocation.deliveries
          : [{ messageId: 'single', event: invocation.event }];
      const unfinished = await consumer(deliveries, beforeTimeout(context));
      if (invocation.kind === 'batch') {
        return { batchItemFailures: unfinished.map((id) => ({ itemIdentifier: id })) };
      }
      if (unfinished.length === 0) return undefined;
      throw new ChangeNotPublishedError('the change could not be published: the log says why');
    });
}

function connect(env: Environment, { log, counters }: Telemetry) {
  const { userPoolId, queueUrl, ledgerTable } = loadPoolChangeConfig(env);
  const clock = () => new Date();
  const sqs = new SQSClient({ requestHandler: AWS_REQUEST, maxAttempts: 2 });
  const profiles = createPacedProfiles(connectPoolProfiles(clock, { maxAttempts: 1 }), {
    requestsPerSecond: REQUESTS_PER_SECOND,
  });
  const isKnownSub = ledgerTable
    ? connectKnownSubs(ledgerTable, (failure) => {
        counters.count('LedgerUnavailable');
        log.warn('a request to the ledger failed: continuing without it', failure);
      })
    : undefined;
  const publish = createPublishChange({ sqs, queueUrl });
  const observe = createChangeObserver({ userPoolId, profiles, isKnownSub, publish, clock });
  return createChangeConsumer({ userPoolId, observe, log, counters, clock });
}

function beforeTimeout(context: Partial<Context> | undefined): AbortSignal {
  const remaining = context?.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS;
  return AbortSignal.timeout(Math.max(1, remaining - RESERVE_MS));
}
