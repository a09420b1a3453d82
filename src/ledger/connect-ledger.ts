import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LedgerConfig } from '../config.ts';
import { configToRules, createMirror, type MirrorDependencies } from '../mirror/mirror.ts';
import { createDynamoLeases } from './dynamo-leases.ts';
import { createDynamoLedger } from './dynamo-ledger.ts';
import { createLedgerMemory } from './ledger-memory.ts';
import { createLedgerMirror, type LedgerMirror } from './ledger-mirror.ts';

/** DynamoDB answers in milliseconds; what hangs is gone on without. */
const REQUEST = { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true };

/** A mirror with its ledger in DynamoDB, and its leases. */
export function createMirrorWithLedger(dependencies: {
  mirror: Omit<MirrorDependencies, 'memory' | 'leases'>;
  config: LedgerConfig;
  clock: () => Date;
  onUnavailable: (failure: { action: string; name: string }) => void;
  onHit?: () => void;
}): LedgerMirror {
  const { config, clock } = dependencies;
  const client = new DynamoDBClient({ requestHandler: REQUEST, maxAttempts: 3 });
  const rules = configToRules(dependencies.mirror.config);
  const shared = { ...dependencies, client, table: config.table, rules };
  const ledger = createDynamoLedger(shared);
  const memory = createLedgerMemory({ ledger, rules, clock });
  const leases = createDynamoLeases(shared);
  return createLedgerMirror({
    ...shared,
    mirror: createMirror({ ...dependencies.mirror, memory, leases }),
    ledger,
    memory,
    trustHours: config.trustHours,
  });
}
