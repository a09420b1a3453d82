import { ConfigurationError, type Environment, url } from './environment.ts';

/** See `loadPoolChangeConfig`. */
export type PoolChangeConfig = {
  /** The pool whose changes are published; events of other pools are ignored. */
  userPoolId: string;
  queueUrl: string;
  /** The ledger's table. Absent: no sub counts as unknown. */
  ledgerTable?: string;
};

/**
 * `SYNC_USER_POOL_ID`, `SYNC_QUEUE_URL` and, where there is a ledger, `SYNC_LEDGER_TABLE`
 * (docs/design.md#environment).
 *
 * @throws ConfigurationError
 */
export function loadPoolChangeConfig(env: Environment): PoolChangeConfig {
  const userPoolId = env.SYNC_USER_POOL_ID?.trim();
  if (!userPoolId) throw new ConfigurationError('SYNC_USER_POOL_ID', 'is not set');
  const ledgerTable = env.SYNC_LEDGER_TABLE?.trim();
  return { userPoolId, queueUrl: url(env, 'SYNC_QUEUE_URL'), ...(ledgerTable && { ledgerTable }) };
}
