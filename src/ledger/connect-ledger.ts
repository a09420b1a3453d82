import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LedgerConfig } from '../config/consumer.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { configToRules, createMirror, type MirrorDependencies } from '../mirror/mirror.ts';
import { createSettleGone } from '../mirror/settle-gone.ts';
import { createUserLocks } from '../mirror/user-locks.ts';
import { type BulkLedger, createBulkLedger } from './bulk-ledger.ts';
import { withCircuit } from './circuit.ts';
import { createDynamoDeletionLimit } from './dynamo-deletion-limit.ts';
import { createDynamoLeases } from './dynamo-leases.ts';
import { createDynamoLedger } from './dynamo-ledger.ts';
import { createKnownSubs, type IsKnownSub } from './known-subs.ts';
import { createLedgerMemory } from './ledger-memory.ts';
import { createLedgerMirror, type LedgerMirror } from './ledger-mirror.ts';
import { createUsageReport, type UsageReport } from './usage-report.ts';

/** Milliseconds. DynamoDB answers in a few; the consumer goes on without an answer after these. */
const REQUEST = { connectionTimeout: 300, requestTimeout: 500, throwOnRequestTimeout: true };
/** A command may run far from the table's region. */
const REMOTE_REQUEST = { ...REQUEST, connectionTimeout: 3_000, requestTimeout: 5_000 };

type OnUnavailable = (failure: { action: string; name: string }) => void;

/**
 * A mirror with its ledger and leases in DynamoDB, and the report of its requests to bulk runs.
 *
 * @param dependencies.maxDeletionsPerDay how many WorkOS users of deleted profiles may be deleted a day; absent: they
 *   are kept.
 * @param dependencies.onUnavailable called for each request to the table that failed; safe to log.
 * @param dependencies.onHit called for each observation that needed no request to WorkOS.
 */
export function createMirrorWithLedger(dependencies: {
  mirror: Omit<MirrorDependencies, 'memory' | 'leases'>;
  config: LedgerConfig;
  maxDeletionsPerDay?: number | undefined;
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
  const parts = {
    ...dependencies.mirror,
    memory,
    leases: createDynamoLeases(shared),
    locks: createUserLocks(),
  };
  const { maxDeletionsPerDay: maxPerDay } = dependencies;
  const deletions =
    maxPerDay === undefined ? undefined : createDynamoDeletionLimit({ ...shared, maxPerDay });
  const mirror = createLedgerMirror({
    ...shared,
    mirror: createMirror(parts),
    settleGone: createSettleGone({ ...parts, deletions, clock }),
    ledger,
    memory,
    trustHours: config.trustHours,
  });
  return { mirror, usage: createUsageReport(shared) };
}

/** Whether the ledger knows a sub, for a function in the table's region that asks now and then. */
export function connectKnownSubs(table: string, onUnavailable: OnUnavailable): IsKnownSub {
  const client = new DynamoDBClient({ requestHandler: REQUEST, maxAttempts: 2 });
  return createKnownSubs({ client: withCircuit(client), table, onUnavailable });
}

/** The client that commands read and write the ledger's table with. */
export function connectLedgerClient(region: { region?: string }): DynamoDBClient {
  return new DynamoDBClient({ ...region, requestHandler: REMOTE_REQUEST, maxAttempts: 4 });
}

/** The ledger of a run over all users, in DynamoDB. */
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
