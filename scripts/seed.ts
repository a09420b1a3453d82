import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createServerClock } from '../src/aws/server-clock.ts';
import { createRequestScheduler, requestsFor } from '../src/bulk/request-scheduler.ts';
import { loadMirrorConfig } from '../src/config/mirror.ts';
import { seed } from '../src/seed/seed.ts';
import { fingerprint, openState, type SeedState } from '../src/seed/state.ts';
import { type SeedSummary, stateToSummary } from '../src/seed/summary.ts';
import { createSeedDisplay } from './seed/display.ts';
import { connectWorkos, setClock } from './shared/connect-workos.ts';
import { checkDistinctFiles } from './shared/distinct-files.ts';
import { openBulkLedger } from './shared/open-bulk-ledger.ts';
import {
  EXIT,
  type Interruption,
  parseRate,
  poolCommand,
  runCommand,
  tryOutputFile,
} from './shared/run.ts';
import { createUserSource } from './shared/user-source.ts';

type Options = {
  userPoolId: string;
  from?: string;
  rate: number;
  dryRun?: true;
  takeOverUnverified?: true;
  recreate?: true;
  state?: string;
  report?: string;
  json?: true;
};

export type SeedReport = SeedSummary & {
  requests: { reads: number; writes: number; rateLimited: number };
  seconds: number;
};

/** Writes a second, those of the consumers included where they say so. WorkOS allows 50 (FACTS). */
const DEFAULT_RATE = 40;
await runCommand((interruption) => run(parseOptions(), interruption));

function parseOptions(): Options {
  return poolCommand('seed')
    .description(
      'Brings every user of a Cognito user pool into WorkOS. Can be run at any time, again.',
    )
    .option('--from <dir>', 'read exported users_N.json files instead of the live pool')
    .option('--rate <n>', 'WorkOS writes a second', parseRate, DEFAULT_RATE)
    .option('--dry-run', 'do everything but write')
    .option(
      '--take-over-unverified',
      'link WorkOS users that nobody has verified; overwrites their passwords, ends their sessions',
    )
    .option('--recreate', 'make those again who were deleted in WorkOS (known by the ledger)')
    .option('--state <file>', 'where the run notes how far it is (default: seed-<pool id>.sqlite)')
    .option('--report <file>', 'a JSON line a user: sub, outcome, reason, workosUserId')
    .option('--json', 'the result as one JSON object on stdout')
    .addHelpText(
      'after',
      `
Environment: WORKOS_API_KEY (or WORKOS_API_KEY_PARAMETER), WORKOS_API_HOSTNAME, WORKOS_API_PORT,
WORKOS_API_HTTPS, OAUTH_CLIENTS, TRUSTED_EMAIL_PROVIDERS, SYNC_LEDGER_TABLE (the stack's output
SyncLedgerTable), and AWS's own.
Exit code: 0 done, 1 done but some users failed, 2 could not run, 130 stopped by Ctrl-C.`,
    )
    .parse()
    .opts<Options>();
}

async function run(options: Options, { stop, abort }: Interruption): Promise<number> {
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
  const binding = {
    userPoolId: options.userPoolId,
    workos: fingerprint(workos.hostname, workos.port, await apiKey.get()),
  };
  const source = createUserSource(options, clock);
  const stateFile = chooseStateFile(options);
  await checkDistinctFiles({ '--state': stateFile, '--report': options.report });
  await tryOutputFile('--report', options.report);
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
      stop,
      abort,
      onProgress: display.progress,
      onNotice: display.notice,
    });
    display.end();
    if (options.report !== undefined) await writeReport(options.report, state);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const result: SeedReport = { ...stateToSummary(state), requests, seconds };
    if (complete) state.finish();
    process.stdout.write(
      options.json
        ? `${JSON.stringify(result)}\n`
        : display.summary(result, { ...options, reasons: (outcome) => reasonsOf(state, outcome) }),
    );
    if (!complete) display.notice('Stopped. Run the same command again to go on.');
    if (!complete) return EXIT.interrupted;
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

/** The commonest reasons; the report has them all. */
function reasonsOf(state: SeedState, outcome: 'conflict' | 'failed'): string {
  const counts = state.counts().filter((each) => each.outcome === outcome);
  const commonest = counts.sort((one, other) => other.count - one.count).slice(0, 5);
  return commonest.map(({ reason, count }) => `${count} ${reason}`).join(', ');
}

/** A dry run leaves nothing behind, and does not touch the state of a real one. */
function chooseStateFile({ dryRun, state, userPoolId }: Options): string | undefined {
  return dryRun ? undefined : (state ?? `seed-${userPoolId}.sqlite`);
}

async function writeReport(path: string, state: SeedState): Promise<void> {
  const lines = function* () {
    for (const result of state.results()) yield `${JSON.stringify(result)}\n`;
  };
  await pipeline(Readable.from(lines()), createWriteStream(path, { mode: 0o600 }));
}
