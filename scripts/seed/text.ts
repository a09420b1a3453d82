import type { BulkResult } from '../../src/bulk/bulk-result.ts';
import { SKIP_ADVICE } from '../../src/bulk/skip-advice.ts';
import { differenceToLines } from '../shared/difference-text.ts';
import { cutLine, type Screen, wrapText } from '../shared/screen.ts';
import { duration, plural, requestsToText, rowsToLines, toTerminalText } from '../shared/text.ts';
import type { SeedReport } from './seed-options.ts';

type ReportTextOptions = {
  dryRun?: true;
  report?: string;
  showEmails?: boolean;
  screen: Screen;
  /** Why users came to an outcome, with how many each. */
  reasons(outcome: 'conflict' | 'failed'): string;
  /** For how many users each field was written, or would be. */
  fields(): Record<string, number>;
  /** The first users for whom something was written, or would be in a dry run. */
  written(limit: number): Iterable<BulkResult>;
};

/** How many users a dry run shows with their fields. */
const SHOWN = 10;

/** The result for people, with what to do next. */
export function reportToText(result: SeedReport, options: ReportTextOptions): string {
  const { requests, seconds, skipped, read, ...outcomes } = result;
  const { dryRun } = options;
  const skips = Object.entries(skipped).map(([reason, n]) => [`skipped: ${reason}`, n] as const);
  return [
    dryRun
      ? `Dry run, nothing written: ${plural(read, 'user')} read`
      : `${plural(read, 'user')} read`,
    ...rowsToLines([...Object.entries(outcomes), ...skips]),
    ...(dryRun ? fieldLines(options) : []),
    `WorkOS: ${requestsToText(requests)}; ${duration(seconds)}`,
    ...nextSteps(result, options).flatMap((step) => wrapText(step, options.screen)),
    '',
  ].join('\n');
}

/** Of a dry run: which fields would be written for how many users, and the first of these users. */
function fieldLines(options: ReportTextOptions): string[] {
  const { screen, report } = options;
  const counts = Object.entries(options.fields());
  if (counts.length === 0) return ['No field would be written.'];
  const lines = ['Users for whom each field would be written:', ...rowsToLines(counts)];
  let shown = 0;
  for (const { sub, outcome, workosUserId, difference } of options.written(SHOWN + 1)) {
    if (shown === SHOWN) {
      const where = report === undefined ? '--report FILE lists them all' : `all are in ${report}`;
      return [...lines, ...wrapText(`  … ${where}`, screen)];
    }
    shown += 1;
    const where = outcome === 'created' ? sub : `${sub} ${workosUserId}`;
    lines.push(cutLine(`  ${outcome.padEnd(9)}${toTerminalText(where)}`, screen.columns));
    if (difference) lines.push(...differenceToLines(difference, screen, options));
  }
  return lines;
}

function nextSteps(result: SeedReport, { report, reasons }: ReportTextOptions): string[] {
  const where =
    report === undefined ? 'run again with --report FILE to list them' : `listed in ${report}`;
  const steps: string[] = [];
  if (result.conflicts > 0) {
    steps.push(
      `${plural(result.conflicts, 'conflict')} ${result.conflicts === 1 ? 'needs' : 'need'} a person (${reasons('conflict')}): ${where}.`,
    );
  }
  if (result.failed > 0) {
    steps.push(
      `${plural(result.failed, 'user')} failed (${reasons('failed')}): ${where}; fix them and run the same command again.`,
    );
  }
  const withoutEmail = result.skipped.no_email ?? 0;
  if (withoutEmail > 0) {
    const { short, means, todo } = SKIP_ADVICE.no_email;
    steps.push(`${plural(withoutEmail, 'user')} ${short}: ${means} ${todo}`);
  }
  return steps;
}
