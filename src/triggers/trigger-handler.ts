import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { ConfigurationError, type Environment } from '../config/environment.ts';
import { loadChainedFunction, loadPublisherConfig } from '../config/publisher.ts';
import { summarizeError, toFrames } from '../telemetry/summarize-error.ts';
import type { Log } from '../telemetry/telemetry.ts';
import { ChainedFunctionError, createChainedFunction } from './chained-function.ts';
import { createTriggerObserver } from './observe-trigger.ts';
import { createPublish, type Publish } from './publish.ts';
import { createRisingClock } from './rising-clock.ts';
import type { TriggerSource } from './trigger-event.ts';
import { createTriggerTelemetry, type TriggerTelemetry } from './trigger-telemetry.ts';

/** Kept free at the end of an invocation that waits for a chained function, for its metrics. */
const RESERVE_MS = 250;
/** Cognito waits five seconds for a trigger (FACTS, Cognito). */
const COGNITO_WAITS_MS = 5_000;

/**
 * A Cognito trigger that publishes what it sees and gives Cognito its event back, untouched,
 * whatever happens. Where another function had the trigger before, that one is called beside the
 * publication, and Cognito gets its answer or its error instead.
 *
 * @param options.service the function's name in logs and metrics.
 * @param options.sources the trigger sources it serves; others are passed through.
 */
export function createTriggerHandler(options: {
  service: string;
  sources: readonly TriggerSource[];
  env: Environment;
}) {
  const { service, sources, env } = options;
  const level = env.POWERTOOLS_LOG_LEVEL ?? env.AWS_LAMBDA_LOG_LEVEL;
  const telemetry = createTriggerTelemetry(service, { level });
  const { log, counters } = telemetry;
  const observe = createTriggerObserver({
    sources,
    publish: preparePublish(env, log),
    log,
    counters,
    clock: createRisingClock(),
  });
  const chainedArn = loadChainedFunction(env);
  const chained = chainedArn === undefined ? undefined : createChainedFunction(chainedArn, env);
  return middy<unknown, unknown>()
    .use(tellOf(telemetry))
    .handler(async (event: unknown, context: Partial<Context> | undefined) => {
      const observed = observe(event, context?.awsRequestId ?? randomUUID()).catch((error) =>
        reportDefect(telemetry, error),
      );
      if (!chained) {
        await observed;
        return event;
      }
      const [answer] = await Promise.allSettled([chained(event, untilLate(context)), observed]);
      if (answer.status === 'fulfilled') return answer.value;
      throw asChained(answer.reason);
    });
}

/**
 * What Cognito shall never hear of: it would show it to the user and stop the sign-in. A defect is loud all
 * the same, by its stack alone, because a message may quote an event.
 */
function reportDefect({ log, counters }: TriggerTelemetry, error: unknown): void {
  counters.count('PublicationLost');
  counters.count('UnexpectedError');
  log.error('the trigger failed: the event is returned all the same', {
    error: summarizeError(error),
    frames: toFrames(error),
  });
}

/** Fires while there is still time to say what happened. */
function untilLate(context: Partial<Context> | undefined): AbortSignal {
  const remaining = context?.getRemainingTimeInMillis?.() ?? COGNITO_WAITS_MS;
  return AbortSignal.timeout(Math.max(1, Math.min(remaining, COGNITO_WAITS_MS) - RESERVE_MS));
}

/** Whatever goes wrong with a chained function stops the sign-in, as it would without us. */
function asChained(error: unknown): ChainedFunctionError {
  if (error instanceof ChainedFunctionError) return error;
  return new ChainedFunctionError(
    'ChainedFunctionError',
    'the answer of the chained function is not JSON',
    { cause: error },
  );
}

/**
 * Log lines and metrics of an invocation. No failure of ours may reach Cognito; a chained function's does: it
 * may be its word that this user must not sign in.
 */
function tellOf(telemetry: TriggerTelemetry): MiddlewareObj<unknown, unknown> {
  return {
    before: ({ context }) => telemetry.begin(context),
    after: () => telemetry.publish(),
    onError: ({ error, event }) => {
      const isTheirs = error instanceof ChainedFunctionError;
      if (isTheirs) {
        telemetry.counters.count('ChainedFunctionFailed');
        telemetry.log.warn('the chained function failed: its error is passed on to Cognito', {
          error: { name: error.name },
        });
      } else reportDefect(telemetry, error);
      telemetry.publish();
      return isTheirs ? undefined : event;
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
