import { createServerClock } from '../../src/aws/server-clock.ts';
import { createRequestScheduler, requestsFor } from '../../src/bulk/request-scheduler.ts';
import type { LastRun } from '../../src/ledger/last-run.ts';
import { sumOf } from '../../src/page/format.ts';
import { seed } from '../../src/seed/seed.ts';
import { fingerprint, openState, type SeedState } from '../../src/seed/state.ts';
import { stateToSummary } from '../../src/seed/summary.ts';
import { environmentToText } from '../../src/target/target-to-lines.ts';
import { keyToEnvironment } from '../../src/target/workos-environment.ts';
import { showBanner } from '../shared/banner.ts';
import { confirmMassAction, terminalOf } from '../shared/confirm.ts';
import { connectWorkos, setClock } from '../shared/connect-workos.ts';
import { keepLastRun } from '../shared/keep-last-run.ts';
import { takeOversToMassAction } from '../shared/mass-bounds.ts';
import { toMirrorConfig } from '../shared/mirror-config.ts';
import { openBulkLedger } from '../shared/open-bulk-ledger.ts';
import { openOutputFile, writeJsonLines } from '../shared/output-file.ts';
import { checkDistinctFiles } from '../shared/output-files.ts';
import { writeResult } from '../shared/result.ts';
import { EXIT, type Interruption } from '../shared/run.ts';
import { createScreen } from '../shared/screen.ts';
import { secondsSince } from '../shared/text.ts';
import { createUserSource } from '../shared/user-source.ts';
import { createSeedDisplay } from './display.ts';
import { resultsToLines } from './report-lines.ts';
import type { SeedOptions, SeedReport } from './seed-options.ts';
import { reportToText } from './text.ts';

/** `cws seed`: one run, from its options to its exit code. */
export async function runSeed(
  options: SeedOptions,
  { stop, abort }: Interruption,
): Promise<number> {
  const started = performance.now();
  const clock = createServerClock();
  const config = toMirrorConfig(options, clock);
  const connection = connectWorkos(options, options.from === undefined ? undefined : clock);
  const { config: workos, apiKey, requests, workosUsers } = connection;
  const key = await apiKey.get();
  const binding = {
    userPoolId: options.userPoolId,
    workos: fingerprint(workos.hostname, workos.port, key),
  };
  const environment = environmentToText(keyToEnvironment(key), workos.hostname);
  const source = createUserSource(options, clock);
  const stateFile = chooseStateFile(options);
  await checkDistinctFiles({ '--state': stateFile, '--report': options.report });
  await using report =
    options.report === undefined ? undefined : await openOutputFile('--report', options.report);
  await showBanner({ ...options, writes: !options.dryRun }, connection);
  const state = openState(stateFile, binding);
  const display = createSeedDisplay(process.stderr, {
    rate: options.rate,
    before: stateToSummary(state),
    resumed: state.resumed,
    estimate: await source.estimate().catch(() => undefined),
    requests,
  });
  try {
    const scheduler = createRequestScheduler({
      writesPerSecond: options.rate,
      requestsPerSecond: requestsFor(options.rate),
      signal: abort,
      onPause: display.pause,
    });
    if (options.from !== undefined) await setClock(connection);
    await using bulk = await openBulkLedger({
      userPoolId: options.userPoolId,
      config,
      clock: clock.now,
      isReadOnly: options.dryRun ?? false,
      scheduler,
      onNotice: display.notice,
    });
    const complete = await seed({
      source,
      workosUsers,
      state,
      scheduler,
      config,
      ledger: bulk.ledger,
      dryRun: options.dryRun ?? false,
      keepDifferences: options.dryRun || options.report !== undefined,
      ...(!options.dryRun && {
        confirmTakeOvers: async (count: number) => {
          display.end();
          const where = `of ${options.userPoolId}, in the WorkOS ${environment}`;
          const question = takeOversToMassAction(count, { where, yes: options.yes ?? false });
          await confirmMassAction(question, terminalOf(stop));
        },
      }),
      stop,
      abort,
      onProgress: display.progress,
      onNotice: display.notice,
    });
    // From here on every user is done, whatever happens to the report: the next run is a new one.
    if (complete) state.finish();
    display.end();
    // Of a run that was stopped, the last good report stays.
    if (report && complete) {
      await writeJsonLines(report, resultsToLines(state.results(), options));
      await report.commit();
    }
    const seconds = secondsSince(started);
    const result: SeedReport = { ...stateToSummary(state), requests, seconds };
    const exit = toExit(result, complete);
    if (complete && !options.dryRun) {
      await keepLastRun(options.userPoolId, 'seed', {
        endedAt: clock.now(),
        figures: summaryToFigures(result),
        onNotice: display.notice,
      });
    }
    if (options.json) {
      const head = { command: 'seed', userPoolId: options.userPoolId, exit };
      await writeResult(process.stdout, head, result);
    } else {
      process.stdout.write(
        reportToText(result, {
          ...options,
          screen: createScreen(process.stdout),
          reasons: (outcome) => reasonsOf(state, outcome),
          fields: () => state.writtenFields(),
          written: (limit) => state.written(limit),
        }),
      );
    }
    if (!complete) display.notice('Stopped. Run the same command again to go on.');
    return exit;
  } catch (error) {
    display.end();
    if (!stop.aborted) throw error;
    display.notice('Stopped. Run the same command again to go on.');
    return EXIT.interrupted;
  } finally {
    state.close();
  }
}

/** What `cws status` shows of a seed; src/status/run-figures.ts reads it. */
function summaryToFigures({ skipped, requests: _, ...counts }: SeedReport): LastRun['figures'] {
  return { ...counts, skipped: sumOf(skipped) };
}

function toExit({ failed }: SeedReport, complete: boolean): number {
  if (!complete) return EXIT.interrupted;
  return failed > 0 ? EXIT.attention : EXIT.done;
}

/** The most common reasons; `--report` has them all. */
function reasonsOf(state: SeedState, outcome: 'conflict' | 'failed'): string {
  const counts = state.counts().filter((each) => each.outcome === outcome);
  const commonest = counts.sort((one, other) => other.count - one.count).slice(0, 5);
  return commonest.map(({ reason, count }) => `${count} ${reason}`).join(', ');
}

/** A dry run leaves nothing behind, and does not touch the state file of a real run. */
function chooseStateFile({ dryRun, state, userPoolId }: SeedOptions): string | undefined {
  return dryRun ? undefined : (state ?? `seed-${userPoolId}.sqlite`);
}
