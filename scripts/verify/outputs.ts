import { stat } from 'node:fs/promises';
import type { Readiness } from '../../src/readiness/facts.ts';
import { readinessToHtml } from '../../src/readiness/page.ts';
import type { Comparison } from '../../src/verify/comparison.ts';
import { toFindingRecords } from '../../src/verify/finding-records.ts';
import { type OutputFile, openOutputFile } from '../shared/output-file.ts';
import { checkDistinctFiles } from '../shared/output-files.ts';
import { CommandError } from '../shared/run.ts';
import { csvHeader, findingToCsvRow, findingToJsonLine } from './finding-lines.ts';
import type { VerifyOptions } from './verify-options.ts';

/** The files that a verification was asked for. */
export type VerifyOutputs = {
  /** A page needs more than the comparison: the pool's settings, MFA. */
  isPage: boolean;
  /** Writes all of them. Until it is done, what was there before stays. */
  write(comparison: Comparison, readiness: Readiness): Promise<void>;
  /** Writes the findings as they are now into the file of `--report`, which `write` replaces. */
  writeReport(comparison: Comparison): Promise<void>;
} & AsyncDisposable;

type VerifyPaths = { html?: string; report?: string; csv?: string };

/** `--report x.html` is a page, as it was before there was `--html`. */
function toVerifyPaths({ html, report, csv }: VerifyOptions): VerifyPaths {
  const isPage = report !== undefined && /\.html?$/i.test(report);
  if (isPage && html !== undefined) {
    throw new CommandError(
      '--report with a name that ends in .html is the page, and so is --html: give one page, and --report FILE.jsonl for the findings',
    );
  }
  const page = isPage ? report : html;
  return {
    ...(page !== undefined && { html: page }),
    ...(report !== undefined && !isPage && { report }),
    ...(csv !== undefined && { csv }),
  };
}

/**
 * Opened before anything is compared, so that a path that cannot be written ends the run at once.
 *
 * @throws CommandError, ConfigurationError
 */
export async function openVerifyOutputs(options: VerifyOptions): Promise<VerifyOutputs> {
  const paths = toVerifyPaths(options);
  await checkDistinctFiles({
    '--report': options.report,
    '--html': options.html,
    '--csv': options.csv,
    '--accept': options.accept,
  });
  const opened = new AsyncDisposableStack();
  const open = async (option: string, path: string | undefined) =>
    path === undefined ? undefined : opened.use(await openOutputFile(option, path));
  try {
    const html = await open(options.html === undefined ? '--report' : '--html', paths.html);
    const report = await open('--report', paths.report);
    const csv = await open('--csv', paths.csv);
    return {
      isPage: html !== undefined,
      async write(comparison, readiness) {
        const { showEmails = false } = options;
        await html?.write(readinessToHtml(readiness, { showEmails }));
        await writeFindings(comparison, { report, csv, showEmails });
        for (const file of [html, report, csv]) await file?.commit();
      },
      async writeReport(comparison) {
        const isDevice = paths.report !== undefined && (await isOtherThanFile(paths.report));
        if (paths.report === undefined || isDevice) return;
        await using early = await openOutputFile('--report', paths.report);
        await writeFindings(comparison, {
          report: early,
          csv: undefined,
          showEmails: options.showEmails ?? false,
        });
        await early.commit();
      },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** A pipe or a device would get the findings twice. */
async function isOtherThanFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && !stats.isFile();
}

async function writeFindings(
  comparison: Comparison,
  files: { report: OutputFile | undefined; csv: OutputFile | undefined; showEmails: boolean },
): Promise<void> {
  const { report, csv } = files;
  if (!report && !csv) return;
  await csv?.write(csvHeader(files));
  for (const record of toFindingRecords(comparison)) {
    await report?.write(findingToJsonLine(record, files));
    await csv?.write(findingToCsvRow(record, files));
  }
}
