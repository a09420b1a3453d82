import { randomUUID } from 'node:crypto';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { createTriggerObserver } from '../cognito/observe-trigger.ts';
import { createRisingClock } from '../cognito/rising-clock.ts';
import type { TriggerSource } from '../cognito/trigger-event.ts';
import { ConfigurationError, type Environment, loadPublisherConfig } from '../config.ts';
import { createPublish, type Publish } from '../queue/publish.ts';
import { createTelemetry, type Log, type Telemetry } from '../telemetry.ts';

/**
 * A Cognito trigger that publishes what it sees and gives Cognito its event back, untouched,
 * whatever happens.
 *
 * @param options.service the function's name in logs and metrics.
 * @param options.sources the trigger sources it serves; others are passed through.
 */
export function createTriggerHandler(options: {
  service: string;
  sources: readonly TriggerSource[];
  env: Environment;
}) {
  const telemetry = createTelemetry(options.service);
  const { logger, metrics, log, counters } = telemetry;
  const observe = createTriggerObserver({
    sources: options.sources,
    publish: preparePublish(options.env, log),
    log,
    counters,
    clock: createRisingClock(),
  });
  return middy<unknown, unknown>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(logMetrics(metrics))
    .use(alwaysReturnTheEvent(telemetry))
    .handler(async (event: unknown, context: Partial<Context> | undefined) => {
      await observe(event, context?.awsRequestId ?? randomUUID());
      return event;
    });
}

/**
 * No failure of ours may reach Cognito: it would show it to the user and stop the sign-in. Used last,
 * so that it is the first to hear of an error; its answer ends the matter.
 */
function alwaysReturnTheEvent(telemetry: Telemetry): MiddlewareObj<unknown, unknown> {
  return {
    onError: ({ error, event }) => {
      telemetry.counters.count('PublicationLost');
      telemetry.log.error('the trigger failed: the event is returned all the same', {
        error: { name: error?.name },
      });
      telemetry.metrics.publishStoredMetrics();
      return event;
    },
  };
}

/**
 * The client is made while the function starts, when Lambda lends a whole processor. A configuration
 * that cannot work loses publications, loudly, and nothing else.
 */
function preparePublish(env: Environment, log: Log): Publish {
  try {
    const { queueUrl, timeoutMs, problems } = loadPublisherConfig(env);
    for (const problem of problems) log.error('bad configuration', { problem: problem.message });
    return createPublish({ sqs: createSqsClient(timeoutMs), queueUrl, timeoutMs });
  } catch (error) {
    const problem = error instanceof ConfigurationError ? error.message : 'no SQS client';
    log.error('bad configuration: nothing can be published', { problem });
    return async () => ({ kind: 'lost', error: { name: 'ConfigurationError', code: problem } });
  }
}

/** Two attempts fit into the deadline, so one connection that hangs does not lose the user. */
function createSqsClient(timeoutMs: number): SQSClient {
  const attemptMs = Math.max(1, Math.floor(timeoutMs / 2));
  return new SQSClient({
    requestHandler: {
      connectionTimeout: attemptMs,
      requestTimeout: attemptMs,
      throwOnRequestTimeout: true,
    },
  });
}
