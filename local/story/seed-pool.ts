import { createRequestScheduler } from '../../src/bulk/request-scheduler.ts';
import { createPoolSource } from '../../src/cognito/pool-source.ts';
import { loadMirrorConfig } from '../../src/config/mirror.ts';
import { loadWorkosConfig } from '../../src/config/workos.ts';
import { connectBulkLedger } from '../../src/ledger/connect-ledger.ts';
import { configToRules } from '../../src/mirror/mirror.ts';
import { type SeedProgress, seed } from '../../src/seed/seed.ts';
import { openState, type SeedState } from '../../src/seed/state.ts';
import { type SeedSummary, stateToSummary } from '../../src/seed/summary.ts';
import { createApiKeySource } from '../../src/workos/api-key.ts';
import { createWorkosUsers } from '../../src/workos/workos-users.ts';
import { commandEnvironment } from '../environment.ts';
import type { LocalSystem } from '../local-system.ts';

export type SeededSystem = Pick<
  LocalSystem,
  'cognito' | 'cognitoClient' | 'dynamodb' | 'userPoolId' | 'workos'
>;

export type Seeding = {
  summary: SeedSummary;
  requests: { reads: number; writes: number };
  seconds: number;
};

/**
 * Far above what `npx cws seed` keeps to (40): the story is not to be waited for, and the writes of
 * the local pool fit into one window of WorkOS's rate limit (500 in 10 s).
 */
const REQUESTS_PER_SECOND = 200;

/**
 * The seed of `npx cws seed`, from the local pool into the local WorkOS, as a run of its own.
 * Rejects as it does, and with `signal.reason` when aborted.
 */
export async function seedPool(
  system: SeededSystem,
  signal: AbortSignal,
  onProgress: (progress: SeedProgress) => void,
): Promise<Seeding> {
  const started = performance.now();
  const requests = { reads: 0, writes: 0 };
  const state = openState(':memory:', { userPoolId: system.userPoolId, workos: system.workos.url });
  try {
    const count = (kind: 'read' | 'write') => void requests[`${kind}s`]++;
    await seed(dependencies(system, state, signal, { count, onProgress }));
    signal.throwIfAborted();
    const seconds = (performance.now() - started) / 1000;
    return { summary: stateToSummary(state), requests, seconds };
  } finally {
    state.close();
  }
}

function dependencies(
  { cognitoClient: client, userPoolId, ...system }: SeededSystem,
  state: SeedState,
  signal: AbortSignal,
  observer: {
    count(kind: 'read' | 'write'): void;
    onProgress(progress: SeedProgress): void;
  },
): Parameters<typeof seed>[0] {
  const env = commandEnvironment(system);
  const config = loadWorkosConfig(env);
  const apiKey = createApiKeySource(config.apiKey, () => {
    throw new Error('the key of the local WorkOS is not in SSM');
  });
  const counter = { sent: observer.count, rateLimited: () => {} };
  const mirrorConfig = loadMirrorConfig(env);
  const clock = () => new Date();
  return {
    source: createPoolSource({ client, userPoolId, clock }),
    workosUsers: createWorkosUsers({ config, apiKey, counter }),
    state,
    scheduler: createRequestScheduler({
      writesPerSecond: REQUESTS_PER_SECOND,
      requestsPerSecond: 2 * REQUESTS_PER_SECOND,
      signal,
    }),
    config: mirrorConfig,
    ledger: connectBulkLedger({
      client: system.dynamodb.client,
      table: system.dynamodb.table,
      rules: configToRules(mirrorConfig),
      clock,
      isReadOnly: false,
      onUnavailable: ({ action, name }) => {
        throw new Error(`the local ledger does not answer ${action}: ${name}`);
      },
    }),
    dryRun: false,
    stop: signal,
    abort: signal,
    onProgress: observer.onProgress,
  };
}
