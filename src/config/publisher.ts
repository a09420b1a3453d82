import { ConfigurationError, type Environment, integer, url } from './environment.ts';

export type PublisherConfig = {
  queueUrl: string;
  timeoutMs: number;
  /** What was wrong but could be replaced by a default: to be logged, not to lose users over. */
  problems: ConfigurationError[];
};

const DEFAULT_PUBLISH_TIMEOUT_MS = 1000;
/** Cognito waits five seconds for a trigger; more would be in the way of the sign-in. */
const MAXIMUM_PUBLISH_TIMEOUT_MS = 4000;

/**
 * `SYNC_QUEUE_URL` and `SYNC_PUBLISH_TIMEOUT_MS` (1 to 4,000 milliseconds; default 1,000). A bad
 * deadline becomes the default and a problem: publishing goes on.
 * @throws ConfigurationError when there is no queue to publish to.
 */
export function loadPublisherConfig(env: Environment): PublisherConfig {
  const queueUrl = url(env, 'SYNC_QUEUE_URL');
  const range = { fallback: DEFAULT_PUBLISH_TIMEOUT_MS, min: 1, max: MAXIMUM_PUBLISH_TIMEOUT_MS };
  try {
    return { queueUrl, timeoutMs: integer(env, 'SYNC_PUBLISH_TIMEOUT_MS', range), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { queueUrl, timeoutMs: DEFAULT_PUBLISH_TIMEOUT_MS, problems: [error] };
  }
}

/**
 * `SYNC_CHAINED_FUNCTION_ARN`: the function of somebody else that a trigger has to call, and to answer
 * for; undefined where there is none. serverless.yml checks it before anything is deployed.
 */
export function loadChainedFunction(env: Environment): string | undefined {
  return env.SYNC_CHAINED_FUNCTION_ARN?.trim() || undefined;
}
