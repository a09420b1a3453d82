import packageJson from '../../package.json' with { type: 'json' };
import { loadLedgerConfig } from '../../src/config/consumer.ts';
import { connectLedgerClient } from '../../src/ledger/connect-ledger.ts';
import { type LastRun, type RunName, saveLastRun } from '../../src/ledger/last-run.ts';
import { summarizeError } from '../../src/telemetry/summarize-error.ts';
import { regionOf } from './region.ts';

/**
 * Leaves the result of a run in the ledger's table, for `cws status` on any machine, where the table is known.
 * Never rejects: the result of the run does not depend on it.
 *
 * @param run.endedAt by AWS's clock.
 * @param run.table default: the one that `SYNC_LEDGER_TABLE` names, if any.
 */
export async function keepLastRun(
  userPoolId: string,
  name: RunName,
  run: {
    endedAt: Date;
    figures: LastRun['figures'];
    onNotice: (notice: string) => void;
    table?: string | undefined;
  },
): Promise<void> {
  const table = run.table ?? loadLedgerConfig(process.env).ledger?.table;
  if (table === undefined) return;
  const client = connectLedgerClient(regionOf(userPoolId, process.env));
  try {
    const figures = { ...run.figures, userPoolId };
    const endedAt = run.endedAt.toISOString();
    await saveLastRun({ client, table }, name, { endedAt, version: packageJson.version, figures });
  } catch (error) {
    const { name: why } = summarizeError(error);
    run.onNotice(
      `The result is not kept for cws status (${why}): allow dynamodb:PutItem on the item #last#${name} of the table ${table}`,
    );
  } finally {
    client.destroy();
  }
}
