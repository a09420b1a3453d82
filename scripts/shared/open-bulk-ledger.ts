import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { classifyAwsError } from '../../src/aws/classify-aws-error.ts';
import type { RequestScheduler } from '../../src/bulk/request-scheduler.ts';
import { loadLedgerConfig } from '../../src/config/consumer.ts';
import type { MirrorConfig } from '../../src/config/mirror.ts';
import { type BulkLedger, withoutBulkLedger } from '../../src/ledger/bulk-ledger.ts';
import { connectBulkLedger, connectLedgerClient } from '../../src/ledger/connect-ledger.ts';
import { startGivingWay } from '../../src/ledger/give-way.ts';
import { USAGE } from '../../src/ledger/usage-report.ts';
import { configToRules } from '../../src/mirror/mirror.ts';
import { summarizeError } from '../../src/telemetry/summarize-error.ts';
import { regionOf } from './region.ts';
import { CommandError } from './run.ts';

/**
 * The ledger of a command, where `SYNC_LEDGER_TABLE` names one; the command's pace gives way to the
 * consumers from then on.
 *
 * @throws CommandError when the table cannot be read.
 */
export async function openBulkLedger(options: {
  userPoolId: string;
  config: MirrorConfig;
  clock: () => Date;
  isReadOnly: boolean;
  scheduler: Pick<RequestScheduler, 'giveWay'>;
  onNotice: (notice: string) => void;
}): Promise<{ ledger: BulkLedger } & AsyncDisposable> {
  const table = loadLedgerConfig(process.env).ledger?.table;
  if (table === undefined) {
    return { ledger: withoutBulkLedger(), [Symbol.asyncDispose]: async () => {} };
  }
  const client = connectLedgerClient(regionOf(options.userPoolId, process.env));
  try {
    await client.send(new GetItemCommand({ TableName: table, Key: { sub: { S: USAGE } } }));
  } catch (error) {
    client.destroy();
    throw toCommandError(error, table);
  }
  const shared = { ...options, client, table, onUnavailable: once(options.onNotice) };
  const endGivingWay = startGivingWay({ ...shared, giveWay: options.scheduler.giveWay });
  return {
    ledger: connectBulkLedger({ ...shared, rules: configToRules(options.config) }),
    async [Symbol.asyncDispose]() {
      await endGivingWay();
      client.destroy();
    },
  };
}

function toCommandError(cause: unknown, table: string): CommandError {
  const failure = classifyAwsError(cause);
  const why = failure.kind === 'setup' ? failure.problem : summarizeError(cause).name;
  return new CommandError(
    `SYNC_LEDGER_TABLE: the table "${table}" cannot be read (${why}): it has to be the stack's output SyncLedgerTable, in the region of the pool, and these credentials need dynamodb:GetItem, BatchGetItem and UpdateItem on it. Or leave the variable out`,
    { cause },
  );
}

function once(onNotice: (notice: string) => void) {
  let isTold = false;
  return ({ action, name }: { action: string; name: string }): void => {
    if (isTold) return;
    isTold = true;
    onNotice(`The ledger cannot be asked (${action}: ${name}): going on without it`);
  };
}
