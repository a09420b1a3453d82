import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Environment } from '../config/environment.ts';
import { loadPatrolConfig } from '../config/patrol.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { connectPatrol, type PatrolClients } from './connect-patrol.ts';
import type { PatrolAnswer } from './patrol.ts';

/** Reserved at the end of an invocation for what is under way, and for the last write of the state. */
const RESERVE_MS = 20_000;
/** In a local call without a context: the timeout of the deployed function. */
const DEFAULT_REMAINING_MS = 900_000;

/** In milliseconds. The requests stay in the region. */
const REQUEST = { connectionTimeout: 2_000, requestTimeout: 6_000, throwOnRequestTimeout: true };

/**
 * The Lambda handler of the patrol, which the state machine of serverless/patrol.yml repeats until it is done
 * (docs/design.md#patrol).
 *
 * @param options.service the function's name in logs and metrics.
 * @param options.env see `loadPatrolConfig`.
 */
export function createPatrolHandler(options: { service: string; env: Environment }) {
  const { logger, metrics, log, counters } = createTelemetry(options.service);
  const onHeartbeat = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  let patrol: ReturnType<typeof connectPatrol> | undefined;
  return middy<unknown, PatrolAnswer>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(logMetrics(metrics))
    .handler(async (event: unknown, context: Partial<Context>) => {
      patrol ??= connectPatrol({
        config: loadPatrolConfig(options.env),
        clients: createClients(),
        log,
        counters,
        onHeartbeat,
      });
      const remaining = context.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS;
      return patrol(event, AbortSignal.timeout(workingTime(remaining)));
    });
}

function workingTime(remainingMs: number): number {
  return Math.max(1, Math.floor(remainingMs - Math.min(RESERVE_MS, remainingMs / 4)));
}

function createClients(): PatrolClients {
  return {
    cognito: new CognitoIdentityProviderClient({ requestHandler: REQUEST, maxAttempts: 1 }),
    sqs: new SQSClient({ requestHandler: REQUEST }),
    dynamodb: new DynamoDBClient({ requestHandler: REQUEST }),
  };
}
