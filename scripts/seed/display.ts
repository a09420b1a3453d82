import { SingleBar } from 'cli-progress';
import { SKIP_ADVICE } from '../../src/bulk/skip-advice.ts';
import type { SeedProgress } from '../../src/seed/seed.ts';
import type { SeedSummary } from '../../src/seed/summary.ts';
import type { SeedReport } from '../seed.ts';

type SummaryOptions = {
  dryRun?: true;
  report?: string;
  /** Why users came to an outcome, with how many each. */
  reasons(outcome: 'conflict' | 'failed'): string;
};

type Requests = SeedReport['requests'];

export type SeedDisplay = {
  progress(progress: SeedProgress): void;
  pause(reason: string, milliseconds: number): void;
  notice(text: string): void;
  end(): void;
  /** The result for people, with what to do next. */
  summary(result: SeedReport, options: SummaryOptions): string;
};

/** Lines where nobody watches: often enough to see that it lives. */
const LINE_INTERVAL_MS = 5_000;
/** WorkOS's writes a second (FACTS, WorkOS, rate limits). */
const WRITE_LIMIT = 50;

/** Progress on stderr: a bar on a terminal, a line every five seconds elsewhere. */
export function createSeedDisplay(
  stream: NodeJS.WriteStream,
  start: {
    rate: number;
    before: SeedSummary;
    resumed: boolean;
    estimate: number | undefined;
    requests: Requests;
  },
): SeedDisplay {
  const { before, requests, estimate } = start;
  const begun = Date.now();
  const tally = {
    done: before.read,
    created: before.created,
    updated: before.updated + before.linked,
    skipped: Object.values(before.skipped).reduce((sum, count) => sum + count, 0),
    failed: before.failed,
  };
  let lastLine = 0;
  const bar = stream.isTTY ? createBar(stream) : undefined;
  if (start.resumed) notice(`Going on with a run that had settled ${before.read} users.`);

  function notice(text: string): void {
    if (bar) stream.write('\r\x1b[K');
    stream.write(`${text}\n`);
  }

  function figures() {
    const seconds = Math.max(0.001, (Date.now() - begun) / 1000);
    const perSecond = (tally.done - before.read) / seconds;
    const writes = requests.writes / seconds;
    const left = estimate === undefined ? undefined : Math.max(0, estimate - tally.done);
    return {
      ...tally,
      perSecond: perSecond.toFixed(1),
      share: Math.round((100 * writes) / WRITE_LIMIT),
      left: left === undefined || perSecond === 0 ? '?' : duration(left / perSecond),
    };
  }

  return {
    notice,
    pause: (reason, ms) => notice(`${reason}: everything waits ${duration(ms / 1000)}`),
    progress(progress) {
      const isLine = Date.now() - lastLine >= LINE_INTERVAL_MS;
      if (progress.phase === 'listing') {
        if (isLine || bar) writeListing(progress.workosUsers);
        return;
      }
      count(tally, progress.result.outcome);
      if (bar) {
        if (!bar.isActive) bar.start(Math.max(estimate ?? 0, tally.done), 0, figures());
        bar.setTotal(Math.max(estimate ?? 0, tally.done));
        bar.update(tally.done, figures());
      } else if (isLine) {
        lastLine = Date.now();
        stream.write(`${line(figures(), estimate)}\n`);
      }
    },
    end: () => bar?.stop(),
    summary,
  };

  function writeListing(users: number): void {
    lastLine = Date.now();
    const text = `listing WorkOS: ${users} users`;
    stream.write(bar ? `\r${text}` : `${text}\n`);
  }
}

function count(
  tally: { done: number; created: number; updated: number; skipped: number; failed: number },
  outcome: string,
): void {
  tally.done++;
  if (outcome === 'created' || outcome === 'skipped' || outcome === 'failed') tally[outcome]++;
  if (outcome === 'updated' || outcome === 'linked') tally.updated++;
}

function createBar(stream: NodeJS.WriteStream): SingleBar {
  return new SingleBar({
    stream,
    format:
      '{bar} {value}/{total} users, {perSecond}/s, {share}% of the write limit, {left} left | ' +
      '{created} created, {updated} updated, {skipped} skipped, {failed} failed',
    hideCursor: true,
    clearOnComplete: false,
    fps: 8,
  });
}

type Figures = Record<string, string | number>;

function line(figures: Figures, estimate: number | undefined): string {
  const { done, perSecond, share, left, created, updated, skipped, failed } = figures;
  const total = estimate === undefined ? '' : ` of about ${estimate}`;
  return `${done}${total} users, ${perSecond}/s, ${share}% of the write limit, ${left} left: ${created} created, ${updated} updated, ${skipped} skipped, ${failed} failed`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

function summary(result: SeedReport, options: SummaryOptions): string {
  const { requests, seconds, skipped, read, ...outcomes } = result;
  const skips = Object.entries(skipped).map(([reason, n]) => [`skipped: ${reason}`, n] as const);
  const rows = [...Object.entries(outcomes), ...skips].map(
    ([name, n]) => `  ${name.padEnd(24)}${String(n).padStart(9)}`,
  );
  const sent = `${requests.reads} reads, ${requests.writes} writes, ${requests.rateLimited} refused as too many`;
  return [
    options.dryRun ? `Dry run, nothing written: ${read} users read` : `${read} users read`,
    ...rows,
    `WorkOS: ${sent}; ${duration(seconds)}`,
    ...nextSteps(result, options),
    '',
  ].join('\n');
}

function nextSteps(result: SeedReport, { report, reasons }: SummaryOptions): string[] {
  const where =
    report === undefined ? 'run again with --report FILE to list them' : `listed in ${report}`;
  const steps: string[] = [];
  if (result.conflicts > 0) {
    steps.push(`${result.conflicts} conflicts need a person (${reasons('conflict')}): ${where}.`);
  }
  if (result.failed > 0) {
    steps.push(
      `${result.failed} users failed (${reasons('failed')}): ${where}; mend them and run the same command again.`,
    );
  }
  const withoutEmail = result.skipped.no_email ?? 0;
  if (withoutEmail > 0) {
    const { short, means, todo } = SKIP_ADVICE.no_email;
    steps.push(`${withoutEmail} users ${short}: ${means} ${todo}`);
  }
  return steps;
}
