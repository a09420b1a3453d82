import { duration, requestsToText, rowsToLines } from '../shared/text.ts';
import type { SeedReport } from './seed-options.ts';

type ReportTextOptions = {
  dryRun?: true;
  report?: string;
  /** Why users came to an outcome, with how many each. */
  reasons(outcome: 'conflict' | 'failed'): string;
};

/** The result for people, with what to do next. */
export function reportToText(result: SeedReport, options: ReportTextOptions): string {
  const { requests, seconds, skipped, read, ...outcomes } = result;
  const skips = Object.entries(skipped).map(([reason, n]) => [`skipped: ${reason}`, n] as const);
  return [
    options.dryRun ? `Dry run, nothing written: ${read} users read` : `${read} users read`,
    ...rowsToLines([...Object.entries(outcomes), ...skips]),
    `WorkOS: ${requestsToText(requests)}; ${duration(seconds)}`,
    ...nextSteps(result, options),
    '',
  ].join('\n');
}

function nextSteps(result: SeedReport, { report, reasons }: ReportTextOptions): string[] {
  const where =
    report === undefined ? 'run again with --report FILE to list them' : `listed in ${report}`;
  const steps: string[] = [];
  if (result.conflicts > 0) {
    steps.push(`${result.conflicts} conflicts need a person (${reasons('conflict')}): ${where}.`);
  }
  if (result.failed > 0) {
    steps.push(
      `${result.failed} users failed (${reasons('failed')}): ${where}; fix them and run the same command again.`,
    );
  }
  const withoutEmail = result.skipped.no_email ?? 0;
  if (withoutEmail > 0) {
    steps.push(
      `${withoutEmail} users have no email, which WorkOS needs: ask them for one before the cutover.`,
    );
  }
  return steps;
}
