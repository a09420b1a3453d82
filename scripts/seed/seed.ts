import { createServerClock } from '../../src/aws/server-clock.ts';
import { createRequestScheduler, requestsFor } from '../../src/bulk/request-scheduler.ts';
import { loadMirrorConfig } from '../../src/config/mirror.ts';
import { seed } from '../../src/seed/seed.ts';
import { fingerprint, openState, type SeedState } from '../../src/seed/state.ts';
import { stateToSummary } from '../../src/seed/summary.ts';
import { environmentToText } from '../../src/target/target-to-text.ts';
import { keyToEnvironment } from '../../src/target/workos-environment.ts';
import { confirmMassAction, terminalOf } from '../shared/confirm.ts';
import { connectWorkos, setClock } from '../shared/connect-workos.ts';
import { takeOversToMassAction } from '../shared/mass-bounds.ts';
import { openBulkLedger } from '../shared/open-bulk-ledger.ts';
import { openOutputFile, writeJsonLines } from '../shared/output-file.ts';
import { checkDistinctFiles } from '../shared/output-files.ts';
import { EXIT, type Interruption } from '../shared/run.ts';
import { secondsSince } from '../shared/text.ts';
import { createUserSource } from '../shared/user-source.ts';
import { createSeedDisplay } from './display.ts';
import type { SeedOptions, SeedReport } from './seed-options.ts';
import { reportToText } from './text.ts';

/** `cws seed`: one run, from its options to its exit code. */
export async function runSeed(
  options: SeedOptions,
  { stop, abort }: Interruption,
): Promise<number> {
  const started = performance.now();
  const clock = createServerClock();
  const config = {
    ...loadMirrorConfig(process.env),
    ...(options.takeOverUnverified && { takeOverUnverified: true }),
    ...(options.recreate && { recreate: true }),
    clock: clock.now,
  };
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
    display.end();
    // Of a run that was stopped, the last good report stays.
    if (report && complete) {
      await writeJsonLines(report, state.results());
      await report.commit();
    }
    const seconds = secondsSince(started);
    const result: SeedReport = { ...stateToSummary(state), requests, seconds };
    if (complete) state.finish();
    process.stdout.write(
      options.json
        ? `${JSON.stringify(result)}\n`
        : reportToText(result, { ...options, reasons: (outcome) => reasonsOf(state, outcome) }),
    );
    if (!complete) {
      display.notice('Stopped. Run the same command again to go on.');
      return EXIT.interrupted;
    }
    return result.failed > 0 ? EXIT.attention : EXIT.done;
  } catch (error) {
    display.end();
    if (!stop.aborted) throw error;
    display.notice('Stopped. Run the same command again to go on.');
    return EXIT.interrupted;
  } finally {
    state.close();
  }
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
