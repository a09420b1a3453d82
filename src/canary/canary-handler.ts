import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import middy from '@middy/core';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import * as v from 'valibot';
import packageJson from '../../package.json' with { type: 'json' };
import { AWS_REQUEST } from '../aws/aws-request.ts';
import { type CanaryConfig, loadCanaryConfig } from '../config/canary.ts';
import type { Environment } from '../config/environment.ts';
import { type LastRun, saveLastRun } from '../ledger/last-run.ts';
import { OperatorError } from '../operator-error.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import { createTelemetry, type Log, type Telemetry } from '../telemetry/telemetry.ts';
import {
  answerCloudFormation,
  type ResourceAnswer,
} from '../user-pool-triggers/cloudformation-answer.ts';
import { createApiKeySource } from '../workos/api-key.ts';
import { connectWorld } from './connect-world.ts';
import { reportToFigures } from './figures.ts';
import { removeStanding } from './remove-standing.ts';
import { runStandingCanary } from './standing.ts';
import { failed } from './steps/step-outcome.ts';
import type { CanaryEnd, StepReport } from './types.ts';

/** Kept free at the end of an invocation, for the metrics. */
const RESERVE_MS = 5_000;
const DEFAULT_REMAINING_MS = 120_000;
const POLL_MS = 500;
const SETTLE_MS = 10_000;
const SETTLE_POLL_MS = 500;
const LOOK_AGAIN_MS = 2_000;
/** In milliseconds. The requests stay in the region. */
const REQUEST = { connectionTimeout: 2_000, requestTimeout: 6_000, throwOnRequestTimeout: true };

/** What the schedule gets: how the one step of a run ended. */
export type CanaryAnswer = Pick<StepReport, 'result' | 'seconds' | 'reason'>;

/**
 * The Lambda handler of the scheduled canary: one run of the standing user for each event of the schedule
 * (docs/design.md#canary). It is also the custom resource that removes the standing user when the schedule or the
 * stack is taken away; CloudFormation is always answered, and a removal that fails does not hold the stack up.
 *
 * @param options.service the function's name in logs and metrics.
 * @param options.env see `loadCanaryConfig`.
 */
export function createCanaryHandler(options: { service: string; env: Environment }) {
  const { env } = options;
  const telemetry = createTelemetry(options.service);
  const { logger, metrics, log } = telemetry;
  const scheduled = middy<unknown, CanaryAnswer>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(logMetrics(metrics))
    .handler((_: unknown, context: Partial<Context>) =>
      runOnce(loadCanaryConfig(env), telemetry, signalOf(context)),
    );
  const customResource = middy<CloudFormationCustomResourceEvent, ResourceAnswer>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(answerCloudFormation(log, env))
    .handler(async (event: CloudFormationCustomResourceEvent) => {
      if (event.RequestType === 'Delete') await remove(env, log);
      return { physicalResourceId: 'canary' };
    });
  return (event: unknown, context: Context): Promise<unknown> =>
    isCustomResource(event) ? customResource(event, context) : scheduled(event, context);
}

function isCustomResource(event: unknown): event is CloudFormationCustomResourceEvent {
  return v.is(v.object({ ResponseURL: v.string(), RequestType: v.string() }), event);
}

function signalOf(context: Partial<Context>): AbortSignal {
  const remaining = context.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS;
  return AbortSignal.timeout(Math.max(1_000, remaining - RESERVE_MS));
}

async function runOnce(
  config: CanaryConfig,
  { log, counters }: Pick<Telemetry, 'log' | 'counters'>,
  signal: AbortSignal,
): Promise<CanaryAnswer> {
  // Thrown errors would have Lambda run it twice more, and no metric would say that the sign-in has not arrived.
  const { result, seconds, reason } = await connect(config)
    .then((world) => runStandingCanary(world, signal))
    .catch((error: unknown) => {
      if (error instanceof OperatorError) return failed(error.message);
      log.error('the run of the canary was broken off', { error: summarizeError(error) });
      return failed(signal.aborted ? 'the time of the function was up' : 'see the error above');
    });
  const end: CanaryEnd = result === 'arrived' ? 'proved' : 'failed';
  counters.count('CanaryArrived', end === 'proved' ? 1 : 0);
  counters.count('CanaryFailed', end === 'proved' ? 0 : 1);
  if (end === 'proved' && seconds !== null) {
    counters.observationAge(seconds * 1000);
  }
  if (end === 'failed') log.error('the sign-in of the canary has not arrived', { reason });
  else log.info('the sign-in of the canary has arrived', { seconds, reason });
  const deadlineSeconds = config.deadlineMs / 1000;
  const steps = [{ step: 'sign_in' as const, result, seconds, reason, deadlineSeconds }];
  const { userPoolId } = config;
  const figures = { ...reportToFigures({ end, steps }, deadlineSeconds), userPoolId };
  await save(config, { figures, log });
  return { result, seconds, reason };
}

function connect({ userPoolId, deadlineMs, workos }: CanaryConfig) {
  const apiKey = createApiKeySource(
    workos.apiKey,
    () => new SSMClient({ requestHandler: AWS_REQUEST, maxAttempts: 2 }),
  );
  const counter = { sent: () => {}, rateLimited: () => {} };
  const cognito = new CognitoIdentityProviderClient({ requestHandler: REQUEST, maxAttempts: 1 });
  const times = {
    deadlineMs,
    settleMs: SETTLE_MS,
    settlePollMs: SETTLE_POLL_MS,
    pollMs: POLL_MS,
    lookAgainMs: LOOK_AGAIN_MS,
  };
  const both = connectWorld({ userPoolId, cognito, workos: { config: workos, apiKey, counter } });
  return both.then((world) => ({ ...world, times, attributes: {} }));
}

/** Failing changes nothing of the run: the metrics are what the alarms watch. */
async function save(
  { table }: CanaryConfig,
  { figures, log }: { figures: LastRun['figures']; log: Log },
): Promise<void> {
  if (table === undefined) return;
  const client = new DynamoDBClient({ requestHandler: AWS_REQUEST, maxAttempts: 2 });
  const run = { endedAt: new Date().toISOString(), version: packageJson.version, figures };
  await saveLastRun({ client, table }, 'canary', run).catch((error: unknown) =>
    log.warn('the result was not kept for cws status', { error: summarizeError(error) }),
  );
}

async function remove(env: Environment, log: Log): Promise<void> {
  const left = await connect(loadCanaryConfig(env))
    .then(removeStanding)
    .catch((error: unknown) => [{ error: summarizeError(error) }]);
  if (left.length === 0) log.info('the standing user of the canary is removed');
  else log.error('left behind: npx cws canary --clean removes it', { left });
}
