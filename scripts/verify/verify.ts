import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createServerClock } from '../../src/aws/server-clock.ts';
import {
  createRequestScheduler,
  requestsFor,
  WorkosUnavailableError,
} from '../../src/bulk/request-scheduler.ts';
import { loadMirrorConfig } from '../../src/config/mirror.ts';
import { configToRules } from '../../src/mirror/mirror.ts';
import { readinessToHtml } from '../../src/readiness/page.ts';
import { countMessages } from '../../src/readiness/queue-facts.ts';
import { environmentToText } from '../../src/target/target-to-text.ts';
import { keyToEnvironment } from '../../src/target/workos-environment.ts';
import { readAcceptFile } from '../../src/verify/accepted.ts';
import { type Comparison, createComparison } from '../../src/verify/comparison.ts';
import { type Verification, verify } from '../../src/verify/verify.ts';
import { confirmMassAction, terminalOf } from '../shared/confirm.ts';
import { connectWorkos, setClock } from '../shared/connect-workos.ts';
import { FIX_BOUND, takeOversToMassAction } from '../shared/mass-bounds.ts';
import { openBulkLedger } from '../shared/open-bulk-ledger.ts';
import { openOutputFile, writeJsonLines } from '../shared/output-file.ts';
import { checkDistinctFiles } from '../shared/output-files.ts';
import { regionOf } from '../shared/region.ts';
import { CommandError, EXIT, type Interruption } from '../shared/run.ts';
import { secondsSince } from '../shared/text.ts';
import { createUserSource } from '../shared/user-source.ts';
import { createVerifyDisplay, type VerifyDisplay } from './display.ts';
import { toReportRows, toVerifyResult, writeJson } from './output.ts';
import { findReadiness } from './report.ts';
import { writeSummary } from './summary.ts';
import type { VerifyOptions } from './verify-options.ts';

/** `cws verify`: one comparison, from its options to its exit code. */
export async function runVerify(
  options: VerifyOptions,
  interruption: Interruption,
): Promise<number> {
  const { stop } = interruption;
  const started = performance.now();
  for (const option of ['takeOverUnverified', 'recreate'] as const) {
    if (!options[option] || options.fix) continue;
    const name = option === 'recreate' ? '--recreate' : '--take-over-unverified';
    throw new CommandError(`${name} is only for --fix: give both, or neither`);
  }
  const { report, html } = outputsOf(options);
  await checkDistinctFiles({
    '--report': report,
    '--html': html?.path,
    '--accept': options.accept,
  });
  const setup = await prepare(options);
  await using rows = report === undefined ? undefined : await openOutputFile('--report', report);
  await using page = html && (await openOutputFile(html.option, html.path));
  using comparison = openComparison(setup);
  const display = createVerifyDisplay(process.stderr, await setup.source.estimate());
  try {
    const verification = await compare(options, interruption, {
      ...setup,
      comparison,
      display,
    });
    if (verification.complete && comparison.checked() + comparison.problemCount() === 0) {
      throw new CommandError(
        `the user pool ${options.userPoolId} has no users: check --user-pool-id, the AWS account and the region`,
      );
    }
    const queues = await setup.countMessages();
    const found = await findReadiness({
      ...options,
      ...verification,
      isPage: page !== undefined,
      comparison,
      queues,
      client: setup.cognito,
      workos: setup.workosHost,
      stop,
      onMfa: (users) => display.progress({ phase: 'mfa', users }),
    });
    const isStopped = stop.aborted;
    const readiness = isStopped ? { ...found, complete: false, inSync: false } : found;
    if (readiness.complete) {
      await page?.write(readinessToHtml(readiness, { showEmails: options.showEmails ?? false }));
      await page?.commit();
      if (rows) await writeJsonLines(rows, toReportRows(comparison, options));
      await rows?.commit();
    }
    display.end();
    const outcome = toVerifyResult(comparison, isStopped ? stopped(verification) : verification, {
      readiness,
      ...(options.fix && { fixed: verification.fixed }),
      userPoolId: options.userPoolId,
      requests: setup.requests,
      seconds: secondsSince(started),
    });
    await (options.json ? writeJson : writeSummary)(process.stdout, comparison, outcome, options);
    if (!outcome.complete) {
      display.notice('Stopped: the comparison is not complete. Run the same command again.');
      return EXIT.interrupted;
    }
    if (!outcome.inSync) return EXIT.attention;
    return options.strict && outcome.verdict === 'look' ? EXIT.look : EXIT.done;
  } catch (error) {
    display.end();
    if (stop.aborted) {
      display.notice('Stopped before there was a result. Run the same command again.');
      return EXIT.interrupted;
    }
    if (!(error instanceof WorkosUnavailableError)) throw error;
    const kept = options.fix ? '; what was fixed is kept' : '';
    throw new CommandError(`${error.message}. Run the same command again${kept}.`, {
      cause: error,
    });
  }
}

/** `--report` was the page once: a name that ends in `.html` still is. */
function outputsOf({ report, html: path }: VerifyOptions) {
  const html = path === undefined ? undefined : { option: '--html', path };
  if (report === undefined || !/\.html?$/i.test(report)) return { report, html };
  if (!html) return { report: undefined, html: { option: '--report', path: report } };
  throw new CommandError(
    '--report writes JSON lines, and --html the page: give --report a name that does not end in .html',
  );
}

type VerifySetup = Awaited<ReturnType<typeof prepare>>;

async function prepare(options: VerifyOptions) {
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
  const key = await connection.apiKey.get();
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
    environment: environmentToText(keyToEnvironment(key), connection.config.hostname),
    cognito: () => new CognitoIdentityProviderClient(region),
    countMessages: () => countMessages(() => new SQSClient(region), { queue, deadLetterQueue }),
  };
}

type VerifyRun = VerifySetup & {
  comparison: Comparison;
  display: VerifyDisplay;
};

async function compare(
  options: VerifyOptions,
  { stop, abort }: Interruption,
  running: VerifyRun,
): Promise<Verification> {
  const { display } = running;
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
    confirmFix: (counts) => confirmFix(counts, options, { stop, running }),
    onProgress: display.progress,
    onNotice: display.notice,
  });
}

/** @throws NotConfirmedError */
async function confirmFix(
  { users, takeOvers }: { users: number; takeOvers: number },
  { userPoolId, yes }: VerifyOptions,
  { stop, running }: { stop: AbortSignal; running: VerifyRun },
): Promise<void> {
  running.display.end();
  const where = `of ${userPoolId}, in the WorkOS ${running.environment}`;
  const terminal = terminalOf(stop);
  await confirmMassAction(
    { action: 'fix', count: users, what: `users ${where}`, bound: FIX_BOUND, yes: yes ?? false },
    terminal,
  );
  await confirmMassAction(takeOversToMassAction(takeOvers, { where, yes: yes ?? false }), terminal);
}

/** Ctrl-C after the comparison, while the report was made. */
function stopped(verification: Verification): Verification {
  return { ...verification, complete: false, inSync: false };
}

function openComparison({ rules, source }: VerifySetup): Comparison & Disposable {
  const comparison = createComparison({ rules, isLive: source.asOf === 'now' });
  return { ...comparison, [Symbol.dispose]: comparison.close };
}
