import { ConfigurationError, type Environment, integer, number, url } from './environment.ts';
import { loadMirrorConfig, type MirrorConfig } from './mirror.ts';
import { loadPasswordKeyIds } from './passwords.ts';
import { loadWorkosConfig, type WorkosConfig } from './workos.ts';

/** `trustHours`: for how many hours a state that was mirrored is assumed to be in WorkOS unchanged. */
export type LedgerConfig = { table: string; trustHours: number };

/**
 * What becomes of the WorkOS user of a profile that was deleted in Cognito. `maxPerDay`: how many may be deleted a
 * day (UTC), 1 to 5,000.
 */
export type DeletionsConfig = { mode: 'keep' } | { mode: 'delete'; maxPerDay: number };

/** See `loadConsumerConfig`. */
export type ConsumerConfig = {
  /** The pool whose profiles may be read. Absent: the one that a message names. */
  userPoolId?: string;
  /** How many consumers may run at a time. */
  concurrency: number;
  /** The part of WorkOS's limits that all consumers together may use; above 0, at most 1. */
  workosShare: number;
  /** Where the ledger is kept. Absent: the consumer works without one. */
  ledger?: LedgerConfig;
  deadLetterQueueUrl: string;
  queueUrl: string;
  deletions: DeletionsConfig;
  /** The KMS keys that open sealed passwords, the current one first: key ids or ARNs. Empty: none. */
  passwordKeyIds: string[];
  mirror: MirrorConfig;
  workos: WorkosConfig;
};

/**
 * Everything that the deployed or local consumer needs (docs/design.md#environment).
 *
 * @throws ConfigurationError
 */
export function loadConsumerConfig(env: Environment): ConsumerConfig {
  const userPoolId = env.SYNC_USER_POOL_ID?.trim();
  return {
    ...(userPoolId && { userPoolId }),
    queueUrl: url(env, 'SYNC_QUEUE_URL'),
    deadLetterQueueUrl: url(env, 'SYNC_DLQ_URL'),
    mirror: loadMirrorConfig(env),
    workos: loadWorkosConfig(env),
    concurrency: integer(env, 'SYNC_CONSUMER_CONCURRENCY', { fallback: 1, min: 1, max: 1_000 }),
    workosShare: number(env, 'SYNC_WORKOS_SHARE', { fallback: 0.5, min: 0.01, max: 1 }),
    deletions: loadDeletionsConfig(env),
    passwordKeyIds: loadPasswordKeyIds(env),
    ...loadLedgerConfig(env),
  };
}

function loadDeletionsConfig(env: Environment): DeletionsConfig {
  const mode = env.SYNC_DELETIONS?.trim() || 'keep';
  const range = { fallback: 50, min: 1, max: 5_000 };
  const maxPerDay = integer(env, 'SYNC_MAX_DELETIONS_PER_DAY', range);
  if (mode === 'keep') return { mode };
  if (mode !== 'delete') throw new ConfigurationError('SYNC_DELETIONS', 'has to be keep or delete');
  if (!env.SYNC_USER_POOL_ID?.trim()) {
    throw new ConfigurationError(
      'SYNC_USER_POOL_ID',
      'is not set: with SYNC_DELETIONS=delete, give the id of the user pool that is asked whether a user is gone',
    );
  }
  return { mode, maxPerDay };
}

/**
 * `SYNC_LEDGER_TABLE` and `SYNC_LEDGER_HOURS` (0 to 720; default 24). Without a table there is no ledger.
 *
 * @throws ConfigurationError
 */
export function loadLedgerConfig(env: Environment): { ledger?: LedgerConfig } {
  const table = env.SYNC_LEDGER_TABLE?.trim();
  if (!table) return {};
  const trustHours = number(env, 'SYNC_LEDGER_HOURS', { fallback: 24, min: 0, max: 720 });
  return { ledger: { table, trustHours } };
}
