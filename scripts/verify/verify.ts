import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createServerClock } from '../../src/aws/server-clock.ts';
import {
  createRequestScheduler,
  requestsFor,
  WorkosUnavailableError,
} from '../../src/bulk/request-scheduler.ts';
import { configToRules } from '../../src/mirror/mirror.ts';
import { countMessages } from '../../src/readiness/queue-facts.ts';
import { environmentToText } from '../../src/target/target-to-lines.ts';
import { keyToEnvironment } from '../../src/target/workos-environment.ts';
import { readAcceptFile } from '../../src/verify/accepted.ts';
import { type Comparison, createComparison } from '../../src/verify/comparison.ts';
import { type Verification, verify } from '../../src/verify/verify.ts';
import { showBanner } from '../shared/banner.ts';
import { confirmMassAction, terminalOf } from '../shared/confirm.ts';
import { connectWorkos, setClock } from '../shared/connect-workos.ts';
import { keepLastRun } from '../shared/keep-last-run.ts';
import { DELETION_BOUND, FIX_BOUND, takeOversToMassAction } from '../shared/mass-bounds.ts';
import { toMirrorConfig } from '../shared/mirror-config.ts';
import { openBulkLedger } from '../shared/open-bulk-ledger.ts';
import { regionOf } from '../shared/region.ts';
import { writeResult } from '../shared/result.ts';
import { CommandError, EXIT, type Interruption } from '../shared/run.ts';
import { createScreen } from '../shared/screen.ts';
import { secondsSince } from '../shared/text.ts';
import { createUserSource } from '../shared/user-source.ts';
import { createVerifyDisplay, type VerifyDisplay } from './display.ts';
import { extraUsersToLines } from './extra-lines.ts';
import { verifyToFigures } from './figures.ts';
import { toDeletions, toVerifyJson, toVerifyResult, type VerifyResult } from './output.ts';
import { openVerifyOutputs, type VerifyOutputs } from './outputs.ts';
import { findReadiness } from './report.ts';
import { toSummary } from './summary.ts';
import type { VerifyOptions } from './verify-options.ts';

const ONLY_FOR_FIX = [
  ['takeOverUnverified', '--take-over-unverified'],
  ['recreate', '--recreate'],
  ['retag', '--retag'],
  ['deleteExtra', '--delete-extra'],
] as const;

/** `cws verify`: one comparison, from its options to its exit code. */
export async function runVerify(
  options: VerifyOptions,
  interruption: Interruption,
): Promise<number> {
  const { stop } = interruption;
  const started = performance.now();
  for (const [option, name] of ONLY_FOR_FIX) {
    if (!options[option] || options.fix) continue;
    throw new CommandError(`${name} is only for --fix: give both, or neither`);
  }
  if (options.deleteExtra && options.from !== undefined) {
    throw new CommandError(
      '--delete-extra needs the live pool: exported files cannot say whether a user is gone now. Leave out --from',
    );
  }
  await using outputs = await openVerifyOutputs(options);
  const setup = await prepare(options);
  using comparison = openComparison(setup);
  const display = createVerifyDisplay(process.stderr, await setup.source.estimate());
  try {
    const verification = await compare(options, interruption, {
      ...setup,
      comparison,
      display,
      outputs,
    });
    if (verification.complete) refuseNothingCompared(comparison, options);
    const queues = await setup.countMessages();
    const found = await findReadiness({
      ...options,
      ...verification,
      comparison,
      isPage: outputs.isPage,
      queues,
      client: setup.cognito,
      workos: setup.workosHost,
      stop,
      onMfa: (users) => display.progress({ phase: 'mfa', users }),
    });
    const isStopped = stop.aborted;
    const readiness = isStopped ? { ...found, complete: false, inSync: false } : found;
    if (readiness.complete) await outputs.write(comparison, readiness);
    display.end();
    const outcome = toVerifyResult(comparison, isStopped ? stopped(verification) : verification, {
      readiness,
      ...(options.fix && { fixed: verification.fixed }),
      ...(options.deleteExtra && { deletions: toDeletions(comparison) }),
      userPoolId: options.userPoolId,
      requests: setup.requests,
      seconds: secondsSince(started),
    });
    const exit = toExit(outcome, options);
    if (outcome.complete) {
      await keepLastRun(options.userPoolId, 'verify', {
        endedAt: setup.clock(),
        figures: verifyToFigures(outcome, readiness, options),
        onNotice: display.notice,
      });
    }
    if (options.json) {
      const head = { command: 'verify', userPoolId: options.userPoolId, exit };
      await writeResult(process.stdout, head, toVerifyJson(comparison, outcome, options));
    } else {
      const screen = createScreen(process.stdout);
      process.stdout.write(toSummary(comparison, outcome, { ...options, screen }));
    }
    if (!outcome.complete) {
      display.notice('Stopped: the comparison is not complete. Run the same command again.');
    }
    return exit;
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

function toExit({ complete, inSync, verdict }: VerifyResult, { strict }: VerifyOptions): number {
  if (!complete) return EXIT.interrupted;
  if (!inSync) return EXIT.attention;
  return strict && verdict === 'look' ? EXIT.look : EXIT.done;
}

type VerifySetup = Awaited<ReturnType<typeof prepare>>;

async function prepare(options: VerifyOptions) {
  const region = regionOf(options.userPoolId, process.env);
  const clock = createServerClock();
  const config = toMirrorConfig(options, clock);
  const accept = options.accept === undefined ? [] : await readAcceptFile(options.accept);
  const connection = connectWorkos(options, options.from === undefined ? undefined : clock);
  const key = await connection.apiKey.get();
  await showBanner({ ...options, writes: options.fix ?? false }, connection);
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
  outputs: VerifyOutputs;
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
    deleteExtra: options.deleteExtra ?? false,
    confirmDeletions: () => confirmDeletions(options, { stop, running }),
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

/** Lists the extra users, in the report too where there is one, and asks. @throws NotConfirmedError */
async function confirmDeletions(
  options: VerifyOptions,
  { stop, running }: { stop: AbortSignal; running: VerifyRun },
): Promise<void> {
  const { comparison, display, outputs, environment } = running;
  refuseNothingCompared(comparison, options);
  display.end();
  await outputs.writeReport(comparison);
  for (const line of extraUsersToLines(comparison, options)) display.notice(line);
  const { userPoolId, yes = false } = options;
  await confirmMassAction(
    {
      action: 'delete, which cannot be undone,',
      count: comparison.orphans.extraCount(),
      what: `WorkOS users who are gone from ${userPoolId}, in the WorkOS ${environment}`,
      bound: DELETION_BOUND,
      yes,
      undone: 'no WorkOS user was deleted',
    },
    terminalOf(stop),
  );
}

/** A gate that has compared nothing must not say that both sides agree. */
function refuseNothingCompared(comparison: Comparison, { userPoolId, from }: VerifyOptions): void {
  const users = comparison.checked();
  if (users + comparison.problemCount() === 0) {
    throw new CommandError(
      `the user pool ${userPoolId} has no users: check --user-pool-id, the AWS account and the region`,
    );
  }
  if (users > 0 && comparison.skipped().newer_in_workos === users) {
    throw new CommandError(
      `the export in ${from} is older than what WorkOS has of every user, so that nothing could be compared: export the user pool again`,
    );
  }
}

/** Ctrl-C after the comparison, while the report was made. */
function stopped(verification: Verification): Verification {
  return { ...verification, complete: false, inSync: false };
}

function openComparison({ rules, source }: VerifySetup): Comparison & Disposable {
  const comparison = createComparison({ rules, isLive: source.asOf === 'now' });
  return { ...comparison, [Symbol.dispose]: comparison.close };
}
