import { ConfigurationError, type Environment, number, url } from './environment.ts';

/** See `loadPatrolConfig`. */
export type PatrolConfig = {
  userPoolId: string;
  queueUrl: string;
  /** The ledger's table, where the patrol keeps how far it has come. */
  table: string;
  /** The most ListUsers requests a second. */
  requestsPerSecond: number;
};

/**
 * `SYNC_USER_POOL_ID`, `SYNC_QUEUE_URL`, `SYNC_LEDGER_TABLE` and `SYNC_PATROL_REQUESTS_PER_SECOND` (0.1 to 1,000;
 * default 5 of the 30 that Cognito allows: docs/facts.md#cognito-rate-limits).
 *
 * @throws ConfigurationError
 */
export function loadPatrolConfig(env: Environment): PatrolConfig {
  const range = { fallback: 5, min: 0.1, max: 1_000 };
  return {
    userPoolId: required(env, 'SYNC_USER_POOL_ID', 'give the id of the user pool'),
    queueUrl: url(env, 'SYNC_QUEUE_URL'),
    table: required(env, 'SYNC_LEDGER_TABLE', "give the name of the ledger's table"),
    requestsPerSecond: number(env, 'SYNC_PATROL_REQUESTS_PER_SECOND', range),
  };
}

function required(env: Environment, variable: string, what: string): string {
  const value = env[variable]?.trim();
  if (value) return value;
  throw new ConfigurationError(variable, `is not set: ${what}`);
}
