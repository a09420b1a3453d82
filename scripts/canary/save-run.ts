import packageJson from '../../package.json' with { type: 'json' };
import { reportToFigures } from '../../src/canary/figures.ts';
import type { CanaryReport } from '../../src/canary/types.ts';
import { type LastRunTable, saveLastRun } from '../../src/ledger/last-run.ts';
import { summarizeError } from '../../src/telemetry/summarize-error.ts';

/** Leaves the result behind for `cws status`. Failing changes nothing of the command's own result. */
export async function saveRun(
  table: LastRunTable | undefined,
  report: CanaryReport,
  run: { deadlineSeconds: number; endedAt: Date },
): Promise<void> {
  if (!table) return;
  const { deadlineSeconds, endedAt } = run;
  try {
    await saveLastRun(table, 'canary', {
      endedAt: endedAt.toISOString(),
      version: packageJson.version,
      figures: reportToFigures(report, deadlineSeconds),
    });
  } catch (error) {
    const { name } = summarizeError(error);
    process.stderr.write(
      `The result was not kept for cws status (dynamodb:PutItem on ${table.table}: ${name})\n`,
    );
  }
}
