import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import middy from '@middy/core';
import type { Environment } from '../config/environment.ts';
import { loadTriggerConfig } from '../config/pool-triggers.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { poolToTriggers } from './trigger-holder.ts';
import { attachmentsToStates } from './watched-triggers.ts';

/**
 * Checks whether the pool's triggers still call our functions, and publishes the answer as a metric: a pool's
 * own CloudFormation, Amplify or Terraform run drops a trigger that it does not know of
 * (docs/facts.md#cognito-serverless-existing). The function changes nothing: the trigger may have been removed
 * on purpose.
 *
 * A check that fails is an error of the function; the alarm treats missing data as a loss.
 */
export function createWatchHandler(options: { service: string; env: Environment }) {
  const { logger, metrics, log, counters } = createTelemetry(options.service);
  const client = new CognitoIdentityProviderClient({ maxAttempts: 5 });
  return middy<unknown, void>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(logMetrics(metrics))
    .handler(async () => {
      const { userPoolId, desired } = loadTriggerConfig(options.env);
      const answer = await client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
      const states = attachmentsToStates(desired, poolToTriggers(answer.UserPool ?? {}));
      for (const { trigger, attached, actual = 'none' } of states) {
        if (attached) continue;
        log.error(
          'a trigger of the pool does not call our function any more: npx cws triggers --attach',
          { trigger, actual },
        );
      }
      const detached = states.filter(({ attached }) => !attached).length;
      counters.count('TriggersAttached', states.length - detached);
      counters.count('TriggersDetached', detached);
    });
}
