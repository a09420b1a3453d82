import { SQSClient } from '@aws-sdk/client-sqs';
import { ConfigurationError, type Environment } from '../config/environment.ts';
import { loadPublisherConfig } from '../config/publisher.ts';
import type { Log } from '../telemetry/telemetry.ts';
import { createPublish, type Publish } from './publish.ts';

/**
 * Loads the configuration and creates the SQS client while the function starts, when Lambda gives it a
 * whole processor. Never throws: with a configuration that cannot work every publication is lost, logged
 * and counted, and sign-ins go on.
 */
export function preparePublish(env: Environment, log: Log): Publish {
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

/** Two attempts fit into the deadline, so that one hanging connection does not lose the user. */
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
