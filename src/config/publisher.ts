import { ConfigurationError, type Environment, integer, url } from './environment.ts';

type PublisherConfig = {
  queueUrl: string;
  timeoutMs: number;
  /** Bad values that were replaced by a default: to be logged. */
  problems: ConfigurationError[];
};

const DEFAULT_PUBLISH_TIMEOUT_MS = 1000;
/** Cognito waits five seconds for a trigger (docs/facts.md#cognito-triggers). */
const MAXIMUM_PUBLISH_TIMEOUT_MS = 4000;

/**
 * `SYNC_QUEUE_URL` and `SYNC_PUBLISH_TIMEOUT_MS` (1 to 4,000 milliseconds; default 1,000). A bad timeout is
 * replaced by the default and reported in `problems`, so that publishing goes on.
 *
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
 * `SYNC_CARRY_PASSWORDS`: `true` where sealed passwords are carried beside the observed users. Every other
 * value is false: a bad one must not stop a sign-in (CloudFormation checks the parameter before).
 */
export function loadCarryPasswords(env: Environment): boolean {
  return env.SYNC_CARRY_PASSWORDS?.trim().toLowerCase() === 'true';
}

/**
 * `SYNC_CHAINED_FUNCTION_ARN`: the function that had the trigger before, which ours calls and whose answer
 * it returns; undefined where there is none. CloudFormation checks it before anything is deployed
 * (serverless/parameters.yml).
 */
export function loadChainedFunction(env: Environment): string | undefined {
  return env.SYNC_CHAINED_FUNCTION_ARN?.trim() || undefined;
}
