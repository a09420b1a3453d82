import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LedgerConfig } from '../config/consumer.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { configToRules, createMirror, type MirrorDependencies } from '../mirror/mirror.ts';
import { type BulkLedger, createBulkLedger } from './bulk-ledger.ts';
import { withCircuit } from './circuit.ts';
import { createDynamoLeases } from './dynamo-leases.ts';
import { createDynamoLedger } from './dynamo-ledger.ts';
import { createLedgerMemory } from './ledger-memory.ts';
import { createLedgerMirror, type LedgerMirror } from './ledger-mirror.ts';
import { createUsageReport, type UsageReport } from './usage-report.ts';

/** DynamoDB answers in milliseconds; what hangs is gone on without. */
const REQUEST = { connectionTimeout: 300, requestTimeout: 500, throwOnRequestTimeout: true };
/** A command may be far from the region. */
const REMOTE_REQUEST = { ...REQUEST, connectionTimeout: 3_000, requestTimeout: 5_000 };

type OnUnavailable = (failure: { action: string; name: string }) => void;

/** A mirror with its ledger in DynamoDB and its leases, and what tells bulk runs of its requests. */
export function createMirrorWithLedger(dependencies: {
  mirror: Omit<MirrorDependencies, 'memory' | 'leases'>;
  config: LedgerConfig;
  clock: () => Date;
  onUnavailable: OnUnavailable;
  onHit?: () => void;
}): { mirror: LedgerMirror; usage: UsageReport } {
  const { config, clock } = dependencies;
  const client = withCircuit(new DynamoDBClient({ requestHandler: REQUEST, maxAttempts: 2 }), () =>
    clock().getTime(),
  );
  const rules = configToRules(dependencies.mirror.config);
  const shared = { ...dependencies, client, table: config.table, rules };
  const ledger = createDynamoLedger(shared);
  const memory = createLedgerMemory({ ledger, rules, clock });
  const leases = createDynamoLeases(shared);
  const mirror = createLedgerMirror({
    ...shared,
    mirror: createMirror({ ...dependencies.mirror, memory, leases }),
    ledger,
    memory,
    trustHours: config.trustHours,
  });
  return { mirror, usage: createUsageReport(shared) };
}

/** For the commands. */
export function connectLedgerClient(region: { region?: string }): DynamoDBClient {
  return new DynamoDBClient({ ...region, requestHandler: REMOTE_REQUEST, maxAttempts: 4 });
}

/** The ledger of a run over all users. */
export function connectBulkLedger(dependencies: {
  client: DynamoDBClient;
  table: string;
  rules: MirrorRules;
  clock: () => Date;
  isReadOnly: boolean;
  onUnavailable: OnUnavailable;
}): BulkLedger {
  const client = withCircuit(dependencies.client);
  const ledger = createDynamoLedger({ ...dependencies, client });
  const now = () => dependencies.clock().getTime();
  const leases = createDynamoLeases({ ...dependencies, client, now });
  return createBulkLedger({ ...dependencies, ledger, leases });
}
