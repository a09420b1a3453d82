import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type AwsFailure, classifyAwsError } from '../../src/aws/classify-aws-error.ts';
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
 * Opens the ledger of a command, where `SYNC_LEDGER_TABLE` names one. From then on the command leaves out
 * as many of its own requests to WorkOS as the consumers send.
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
  const why = whyOf(failure) ?? summarizeError(cause).name;
  return new CommandError(
    `SYNC_LEDGER_TABLE: the table "${table}" cannot be read (${why}): it has to be the stack's output SyncLedgerTable, in the region of the pool, and these credentials need dynamodb:GetItem, BatchGetItem and UpdateItem on it. Or leave the variable out`,
    { cause },
  );
}

function whyOf(failure: AwsFailure): string | undefined {
  if (failure.kind === 'setup') return failure.problem;
  return failure.kind === 'transient' ? failure.what : undefined;
}

function once(onNotice: (notice: string) => void) {
  let isTold = false;
  return ({ action, name }: { action: string; name: string }): void => {
    if (isTold) return;
    isTold = true;
    onNotice(`The ledger cannot be asked (${action}: ${name}): the command continues without it`);
  };
}
