import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { AWS_REQUEST } from '../aws/aws-request.ts';
import { type ConsumerConfig, loadConsumerConfig } from '../config/consumer.ts';
import type { Environment } from '../config/environment.ts';
import { createTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import { connectConsumerMirror } from './connect-mirror.ts';
import { connectPasswords } from './connect-passwords.ts';
import { createBatchConsumer } from './consume-batch.ts';
import { createDeadLetter } from './dead-letter.ts';
import { createRetry } from './retry.ts';

/**
 * Reserved at the end of an invocation, for returning messages to the queue and publishing metrics; a
 * quarter of the time where that is less.
 */
const RESERVE_MS = 5_000;
/** In a local call without a context: the timeout of the deployed function. */
const DEFAULT_REMAINING_MS = 60_000;

/**
 * The Lambda handler of the queue's consumer: mirrors a batch, and reports the messages to be delivered
 * again as `batchItemFailures` (docs/design.md#consumer).
 *
 * With a bad configuration every invocation fails, which returns every message to the queue until the
 * configuration is fixed.
 *
 * @param options.service the function's name in logs and metrics.
 * @param options.env see `loadConsumerConfig`.
 */
export function createConsumerHandler(options: { service: string; env: Environment }) {
  const telemetry = createTelemetry(options.service);
  const consumer = eagerly(() => createConsumer(loadConsumerConfig(options.env), telemetry));
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

function createConsumer(config: ConsumerConfig, telemetry: Telemetry) {
  const { log, counters } = telemetry;
  const sqs = new SQSClient({ requestHandler: AWS_REQUEST, maxAttempts: 2 });
  const { usage, ...connected } = connectConsumerMirror(config, telemetry, now);
  const consume = createBatchConsumer({
    ...connected,
    toCarriedPassword: connectPasswords(config, telemetry),
    userPoolId: config.userPoolId,
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

function now(): Date {
  return new Date();
}

/**
 * Creates the value while the function starts, when Lambda gives it a whole processor. A failure is thrown
 * at each use.
 */
function eagerly<T>(create: () => T): () => T {
  try {
    const value = create();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
