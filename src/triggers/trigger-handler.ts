import { randomUUID } from 'node:crypto';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Environment } from '../config/environment.ts';
import { loadCarryPasswords, loadChainedFunction } from '../config/publisher.ts';
import { summarizeError, toFrames } from '../telemetry/summarize-error.ts';
import { ChainedFunctionError, createChainedFunction } from './chained-function.ts';
import { createTriggerObserver } from './observe-trigger.ts';
import { preparePublish } from './prepare-publish.ts';
import { createRisingClock } from './rising-clock.ts';
import type { TriggerSource } from './trigger-event.ts';
import { createTriggerTelemetry, type TriggerTelemetry } from './trigger-telemetry.ts';

/** Reserved at the end of an invocation that waits for a chained function, for its metrics. */
const RESERVE_MS = 250;
/** Cognito waits five seconds for a trigger (docs/facts.md#cognito-triggers). */
const COGNITO_WAITS_MS = 5_000;

/**
 * The Lambda handler of a Cognito trigger: publishes the user of the event and returns the event unchanged,
 * whatever happens (docs/design.md#triggers). Where another function had the trigger before, the handler
 * calls that one in parallel with the publication and returns its answer, or fails with its error.
 *
 * @param options.service the function's name in logs and metrics.
 * @param options.sources the trigger sources it serves; events of other sources are returned unchanged.
 * @param options.env see `loadPublisherConfig`, `loadCarryPasswords` and `loadChainedFunction`.
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
    carriesPasswords: loadCarryPasswords(env),
    publish: preparePublish(env, log),
    log,
    counters,
    clock: createRisingClock(),
  });
  const chainedArn = loadChainedFunction(env);
  const chained = chainedArn === undefined ? undefined : createChainedFunction(chainedArn, env);
  return middy<unknown, unknown>()
    .use(reportInvocation(telemetry))
    .handler(async (event: unknown, context: Partial<Context> | undefined) => {
      const observed = observe(event, context?.awsRequestId ?? randomUUID()).catch((error) =>
        reportDefect(telemetry, error),
      );
      if (!chained) {
        await observed;
        return event;
      }
      const [answer] = await Promise.allSettled([chained(event, beforeTimeout(context)), observed]);
      if (answer.status === 'fulfilled') return answer.value;
      throw toChainedError(answer.reason);
    });
}

/**
 * Logs and counts a defect of ours, which must not reach Cognito: Cognito would show it to the user and stop
 * the sign-in. Of the error only the stack frames are logged, because its message may quote the event.
 */
function reportDefect({ log, counters }: TriggerTelemetry, error: unknown): void {
  counters.count('PublicationLost');
  counters.count('UnexpectedError');
  log.error('the trigger failed: the event is returned all the same', {
    error: summarizeError(error),
    frames: toFrames(error),
  });
}

/** Aborts while there is still time to report what happened. */
function beforeTimeout(context: Partial<Context> | undefined): AbortSignal {
  const remaining = context?.getRemainingTimeInMillis?.() ?? COGNITO_WAITS_MS;
  return AbortSignal.timeout(Math.max(1, Math.min(remaining, COGNITO_WAITS_MS) - RESERVE_MS));
}

/** Any failure of a chained function stops the sign-in, as it did before ours took its place. */
function toChainedError(error: unknown): ChainedFunctionError {
  if (error instanceof ChainedFunctionError) return error;
  return new ChainedFunctionError(
    'ChainedFunctionError',
    'the answer of the chained function is not JSON',
    { cause: error },
  );
}

/**
 * Writes the log lines and metrics of an invocation. A failure of ours ends with the event; the error of a
 * chained function is passed on to Cognito, because it may refuse the sign-in on purpose.
 */
function reportInvocation(telemetry: TriggerTelemetry): MiddlewareObj<unknown, unknown> {
  return {
    before: ({ context }) => telemetry.begin(context),
    after: () => telemetry.publish(),
    onError: ({ error, event }) => {
      const isOfChained = error instanceof ChainedFunctionError;
      if (isOfChained) {
        telemetry.counters.count('ChainedFunctionFailed');
        telemetry.log.warn('the chained function failed: its error is passed on to Cognito', {
          error: { name: error.name },
        });
      } else reportDefect(telemetry, error);
      telemetry.publish();
      return isOfChained ? undefined : event;
    },
  };
}
