import { ConfigurationError, type Environment, integer } from './environment.ts';
import { loadWorkosConfig, type WorkosConfig } from './workos.ts';

/** See `loadCanaryConfig`. */
export type CanaryConfig = {
  userPoolId: string;
  /** The ledger's table, where the result is kept for `cws status`. */
  table: string | undefined;
  /** How long WorkOS may take to show the sign-in. */
  deadlineMs: number;
  workos: WorkosConfig;
};

/**
 * `SYNC_USER_POOL_ID`, `SYNC_LEDGER_TABLE`, `SYNC_CANARY_DEADLINE_SECONDS` (1 to 600; default 60), and where WorkOS
 * is.
 *
 * @throws ConfigurationError
 */
export function loadCanaryConfig(env: Environment): CanaryConfig {
  const userPoolId = env.SYNC_USER_POOL_ID?.trim();
  if (!userPoolId) {
    throw new ConfigurationError('SYNC_USER_POOL_ID', 'is not set: give the id of the user pool');
  }
  const range = { fallback: 60, min: 1, max: 600 };
  return {
    userPoolId,
    table: env.SYNC_LEDGER_TABLE?.trim() || undefined,
    deadlineMs: integer(env, 'SYNC_CANARY_DEADLINE_SECONDS', range) * 1000,
    workos: loadWorkosConfig(env),
  };
}
