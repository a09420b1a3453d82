import { loadLedgerConfig } from '../../src/config/consumer.ts';
import type { ExplainSetting } from '../../src/explain/explain-profile.ts';
import { connectLedgerClient } from '../../src/ledger/connect-ledger.ts';
import { createDynamoLedger } from '../../src/ledger/dynamo-ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { settingsOf } from '../shared/apply-settings.ts';
import { regionOf } from '../shared/region.ts';

/** The ledger to be read, and for how long the deployed consumer trusts it. */
type ExplainLedger = Disposable & {
  ledger: Pick<Ledger, 'read'>;
  readEntry: ExplainSetting['readEntry'];
  trustHours: number;
};

/** As serverless.yml has it. */
const DEFAULT_HOURS = '24';

/** Where no variable and no stack names a table, nothing is known of it, and the explanation says so. */
export function openExplainLedger(options: {
  userPoolId: string;
  stage?: string;
  clock: () => Date;
}): ExplainLedger {
  const { userPoolId, stage, clock } = options;
  const hours = process.env.SYNC_LEDGER_HOURS ?? (stage && settingsOf(stage).ledgerHours);
  const env = { ...process.env, SYNC_LEDGER_HOURS: hours || DEFAULT_HOURS };
  const { ledger: config } = loadLedgerConfig(env);
  if (!config) {
    const why =
      'no table is known: give --stage of the deployed stack, or set SYNC_LEDGER_TABLE to its output SyncLedgerTable';
    return {
      ledger: { read: async () => new Map() },
      readEntry: async () => ({ known: false, why }),
      trustHours: Number(DEFAULT_HOURS),
      [Symbol.dispose]() {},
    };
  }
  const { table, trustHours } = config;
  const client = connectLedgerClient(regionOf(userPoolId, process.env));
  let failure: string | undefined;
  const ledger = createDynamoLedger({
    client,
    table,
    clock,
    onUnavailable({ action, name }) {
      failure = `the table ${table} does not answer dynamodb:${action} (${name}): check the region, and that these credentials may read it`;
    },
  });
  return {
    ledger,
    async readEntry(sub) {
      const entries = await ledger.read([sub]);
      if (failure !== undefined) return { known: false, why: failure };
      return { known: true, value: entries.get(sub) ?? null };
    },
    trustHours,
    [Symbol.dispose]: () => client.destroy(),
  };
}
