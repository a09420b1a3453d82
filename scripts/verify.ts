import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SQSClient } from '@aws-sdk/client-sqs';
import { InvalidArgumentError } from 'commander';
import { createServerClock } from '../src/aws/server-clock.ts';
import {
  createRequestScheduler,
  requestsFor,
  WorkosUnavailableError,
} from '../src/bulk/request-scheduler.ts';
import { loadMirrorConfig } from '../src/config/mirror.ts';
import { configToRules } from '../src/mirror/mirror.ts';
import { countMessages } from '../src/readiness/queue-facts.ts';
import { createTally, type Tally } from '../src/readiness/user-counts.ts';
import { readAcceptFile } from '../src/verify/accepted.ts';
import { type Comparison, createComparison } from '../src/verify/comparison.ts';
import { type Verification, verify } from '../src/verify/verify.ts';
import { connectWorkos, setClock } from './shared/connect-workos.ts';
import { openBulkLedger } from './shared/open-bulk-ledger.ts';
import {
  CommandError,
  EXIT,
  type Interruption,
  parseRate,
  poolCommand,
  regionOf,
  runCommand,
  tryOutputFile,
} from './shared/run.ts';
import { createUserSource } from './shared/user-source.ts';
import { createVerifyDisplay, type VerifyDisplay } from './verify/display.ts';
import { toOutcome, writeJson } from './verify/output.ts';
import { writeReport } from './verify/report.ts';
import { writeSummary } from './verify/summary.ts';

type Options = {
  userPoolId: string;
  from?: string;
  fix?: true;
  takeOverUnverified?: true;
  recreate?: true;
  accept?: string;
  rate: number;
  settle: number;
  report?: string;
  mfaLimit: number;
  showEmails?: true;
  json?: true;
};

/** Writes a second, for --fix. WorkOS allows 50 (FACTS): the rest is left to the live sync on the same key. */
const DEFAULT_RATE = 40;
const DEFAULT_SETTLE_SECONDS = 5;
const DEFAULT_MFA_LIMIT = 10_000;

await runCommand((interruption) => run(parseOptions(), interruption));

function parseOptions(): Options {
  return poolCommand('verify')
    .description(
      'Compares every user of a Cognito user pool with every user of WorkOS: the cutover gate.',
    )
    .option('--from <dir>', 'read exported users_N.json files instead of the live pool')
    .option('--fix', 'mirror missing and stale users, then compare again; deletes nobody')
    .option(
      '--take-over-unverified',
      'with --fix: link WorkOS users that nobody has verified; overwrites their passwords, ends their sessions',
    )
    .option('--recreate', 'with --fix: make those again who were deleted in WorkOS')
    .option(
      '--accept <file>',
      'JSON lines {"sub" or "workosUserId", "reason", "note"}: findings that do not break the gate',
    )
    .option('--rate <n>', 'WorkOS writes a second, with --fix', parseRate, DEFAULT_RATE)
    .option(
      '--settle <seconds>',
      'look again after this long at users who differ: a change may be on its way',
      parseSeconds,
      DEFAULT_SETTLE_SECONDS,
    )
    .option('--report <file.html>', 'what a cutover depends on, as one page for people')
    .option(
      '--mfa-limit <n>',
      'with --report: ask about the MFA of so many users',
      parseCount,
      DEFAULT_MFA_LIMIT,
    )
    .option('--show-emails', 'name emails and usernames, not ids alone')
    .option('--json', 'the result as one JSON object on stdout')
    .addHelpText(
      'after',
      `
Environment: WORKOS_API_KEY (or WORKOS_API_KEY_PARAMETER), WORKOS_API_HOSTNAME, WORKOS_API_PORT,
WORKOS_API_HTTPS, OAUTH_CLIENTS and TRUSTED_EMAIL_PROVIDERS as the dual run has them, SYNC_LEDGER_TABLE
(the stack's output SyncLedgerTable), SYNC_QUEUE_URL and SYNC_DLQ_URL (to count messages that wait),
and AWS's own.
Exit code: 0 in sync, 1 not in sync, 2 could not run, 130 stopped by Ctrl-C.`,
    )
    .parse()
    .opts<Options>();
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (value.trim() !== '' && seconds >= 0 && seconds <= 900) return seconds;
  throw new InvalidArgumentError('It has to be a number of seconds from 0 to 900.');
}

function parseCount(value: string): number {
  const count = Number(value);
  if (value.trim() !== '' && Number.isSafeInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError('It has to be a whole number, 0 or more.');
}

async function run(options: Options, interruption: Interruption): Promise<number> {
  const { stop } = interruption;
  const started = performance.now();
  for (const option of ['takeOverUnverified', 'recreate'] as const) {
    if (!options[option] || options.fix) continue;
    const name = option === 'recreate' ? '--recreate' : '--take-over-unverified';
    throw new CommandError(`${name} is only for --fix: give both, or neither`);
  }
  const setting = await prepare(options);
  using comparison = openComparison();
  const display = createVerifyDisplay(process.stderr, await setting.source.estimate());
  const tally: { current: Tally } = { current: createTally(setting.rules) };
  try {
    const verification = await compare(options, interruption, {
      ...setting,
      comparison,
      display,
      tally,
    });
    if (verification.complete && comparison.checked() + comparison.problemCount() === 0) {
      throw new CommandError(
        `the user pool ${options.userPoolId} has no users: check --user-pool-id, the AWS account and the region`,
      );
    }
    const queues = await setting.countMessages();
    if (options.report !== undefined && verification.complete) {
      await writeReport(options.report, {
        ...options,
        ...verification,
        comparison,
        queues,
        tally: tally.current,
        client: setting.cognito(),
        workos: setting.workosHost,
        stop,
        onMfa: (users) => display.progress({ phase: 'mfa', users }),
      });
    }
    display.end();
    const outcome = toOutcome(comparison, stop.aborted ? stopped(verification) : verification, {
      ...(options.fix && { fixed: verification.fixed }),
      userPoolId: options.userPoolId,
      requests: setting.requests,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      queues,
    });
    await (options.json ? writeJson : writeSummary)(process.stdout, comparison, outcome, options);
    if (!outcome.complete) {
      display.notice('Stopped: the comparison is not complete. Run the same command again.');
      return EXIT.interrupted;
    }
    return outcome.inSync ? EXIT.done : EXIT.attention;
  } catch (error) {
    display.end();
    if (stop.aborted) {
      display.notice('Stopped: nothing can be said. Run the same command again.');
      return EXIT.interrupted;
    }
    if (!(error instanceof WorkosUnavailableError)) throw error;
    const kept = options.fix ? '; what was fixed is kept' : '';
    throw new CommandError(`${error.message}. Run the same command again${kept}.`, {
      cause: error,
    });
  }
}

type Setting = Awaited<ReturnType<typeof prepare>>;

async function prepare(options: Options) {
  const region = regionOf(options.userPoolId, process.env);
  const clock = createServerClock();
  const config = {
    ...loadMirrorConfig(process.env),
    ...(options.takeOverUnverified && { takeOverUnverified: true }),
    ...(options.recreate && { recreate: true }),
    clock: clock.now,
  };
  const accept = options.accept === undefined ? [] : await readAcceptFile(options.accept);
  const connection = connectWorkos(options, options.from === undefined ? undefined : clock);
  await connection.apiKey.get();
  await tryOutputFile('--report', options.report);
  if (options.from !== undefined) await setClock(connection);
  const { SYNC_QUEUE_URL: queue, SYNC_DLQ_URL: deadLetterQueue } = process.env;
  return {
    config,
    accept,
    rules: configToRules(config),
    clock: clock.now,
    requests: connection.requests,
    source: createUserSource(options, clock),
    workosUsers: connection.workosUsers,
    workosHost: connection.config.hostname,
    cognito: () => new CognitoIdentityProviderClient(region),
    countMessages: () => countMessages(() => new SQSClient(region), { queue, deadLetterQueue }),
  };
}

type Running = Setting & {
  comparison: Comparison;
  display: VerifyDisplay;
};

async function compare(
  options: Options,
  { stop, abort }: Interruption,
  running: Running & { tally: { current: Tally } },
): Promise<Verification> {
  const { display, tally, rules } = running;
  const scheduler = createRequestScheduler({
    writesPerSecond: options.rate,
    requestsPerSecond: requestsFor(options.rate),
    signal: abort,
    onPause: display.pause,
  });
  await using bulk = await openBulkLedger({
    ...running,
    userPoolId: options.userPoolId,
    isReadOnly: !options.fix,
    scheduler,
    onNotice: display.notice,
  });
  return await verify({
    ...running,
    ledger: bulk.ledger,
    stop,
    abort,
    userPoolId: options.userPoolId,
    scheduler,
    settleMs: options.settle * 1000,
    fix: options.fix ?? false,
    onLook() {
      tally.current = createTally(rules);
    },
    onUser: (user) => tally.current.add(user),
    onProgress: display.progress,
    onNotice: display.notice,
  });
}

/** Ctrl-C after the comparison, while the report was made. */
function stopped(verification: Verification): Verification {
  return { ...verification, complete: false, inSync: false };
}

function openComparison(): Comparison & Disposable {
  const comparison = createComparison();
  return { ...comparison, [Symbol.dispose]: comparison.close };
}
