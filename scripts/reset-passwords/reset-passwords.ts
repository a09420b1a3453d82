import { resolve } from 'node:path';
import { createServerClock } from '../../src/aws/server-clock.ts';
import { createRequestScheduler, requestsFor } from '../../src/bulk/request-scheduler.ts';
import { loadMirrorConfig, type MirrorConfig } from '../../src/config/mirror.ts';
import { configToRules } from '../../src/mirror/mirror.ts';
import { maskEmail } from '../../src/page/mask.ts';
import type { MailRules } from '../../src/password-resets/eligibility.ts';
import { type MailLog, openMailLog } from '../../src/password-resets/mail-log.ts';
import { planMails } from '../../src/password-resets/plan.ts';
import {
  type RecipientFilter,
  readRecipientList,
} from '../../src/password-resets/recipient-list.ts';
import { createRecipients, type Recipients } from '../../src/password-resets/recipients.ts';
import { type Ending, sendMails } from '../../src/password-resets/send-mails.ts';
import { recipientsToSummary } from '../../src/password-resets/summary.ts';
import { StateError } from '../../src/sqlite/state-file.ts';
import { environmentToText } from '../../src/target/target-to-lines.ts';
import { keyToEnvironment } from '../../src/target/workos-environment.ts';
import { createPasswordResets } from '../../src/workos/password-resets.ts';
import { showBanner } from '../shared/banner.ts';
import { confirmMassAction, terminalOf } from '../shared/confirm.ts';
import { connectWorkos } from '../shared/connect-workos.ts';
import { MAIL_BOUND } from '../shared/mass-bounds.ts';
import { openBulkLedger } from '../shared/open-bulk-ledger.ts';
import { openOutputFile, writeJsonLines } from '../shared/output-file.ts';
import { checkDistinctFiles } from '../shared/output-files.ts';
import { toList, writeResult } from '../shared/result.ts';
import { CommandError, EXIT, type Interruption } from '../shared/run.ts';
import { isStartedByNpmRun } from '../shared/swallowed-options.ts';
import { duration, secondsSince } from '../shared/text.ts';
import { createUserSource } from '../shared/user-source.ts';
import { createResetDisplay, type ResetDisplay } from './display.ts';
import type { ResetOptions, ResetReport } from './reset-options.ts';
import { reportToText } from './text.ts';

/** Requests in flight at once: if the machine fails, each leaves a user in doubt. */
const MAXIMUM_AT_A_TIME = 32;
/** Each takes a good second, most of which it waits for its mark. */
const SECONDS_A_MAIL = 2;
const PATIENCE_MS = 600_000;
const SAMPLE = 5;
const LISTED = 100;

/** `cws reset-passwords`: one run, from its options to its exit code. */
export async function runResetPasswords(
  options: ResetOptions,
  interruption: Interruption,
): Promise<number> {
  checkRecipients(options);
  const started = performance.now();
  const state = options.state ?? `reset-passwords-${options.userPoolId}.sqlite`;
  const clients = createClients(options);
  await checkDistinctFiles({
    '--state': state,
    '--only': options.only,
    '--report': options.report,
  });
  const key = await clients.connection.apiKey.get();
  await showBanner({ ...options, writes: options.send ?? false }, clients.connection);
  const recipients = createRecipients();
  const only =
    options.only === undefined ? undefined : await readRecipientList(options.only, recipients.db);
  await using output =
    options.report === undefined ? undefined : await openOutputFile('--report', options.report);
  const log = openMailLog(state, options.userPoolId, options.send ? 'write' : 'read');
  const display = createResetDisplay(process.stderr, options.rate);
  const config = loadMirrorConfig(process.env);
  const job: ResetRun = {
    ...clients,
    ...interruption,
    config,
    ...(only && { only }),
    rules: {
      mirror: configToRules(config),
      includeUnverified: options.includeUnverified ?? false,
    },
    options,
    environment: environmentToText(keyToEnvironment(key), clients.workosHost),
    state,
    recipients,
    log,
    display,
  };
  try {
    const ending = await planAndSend(job);
    display.end();
    // Of a run that failed or was stopped, the last good report stays.
    if (output && ending?.kind !== 'stopped' && ending?.kind !== 'gave_up') {
      await writeJsonLines(output, recipients.all());
      await output.commit();
    }
    const report = toReport(job, ending, started);
    const exit = toExit(report, ending, display);
    if (options.json) {
      const head = { command: 'reset-passwords', userPoolId: options.userPoolId, exit };
      await writeResult(process.stdout, head, report);
    } else {
      process.stdout.write(reportToText(report, options.rate));
    }
    return exit;
  } catch (error) {
    display.end();
    if (!interruption.stop.aborted || error instanceof StateError) throw error;
    display.notice('Stopped before anything was sent.');
    return EXIT.interrupted;
  } finally {
    log.close();
    recipients.close();
  }
}

/** npm drops `--only FILE` before `--` without a trace: a lost option must not turn into a mail to every user. */
function checkRecipients({ send, only, limit, all, mailAgain }: ResetOptions): void {
  if (mailAgain && only === undefined) {
    throw new CommandError('--mail-again is only for --only FILE: name who needs a new link');
  }
  if (!send || only !== undefined || limit !== undefined || all) return;
  throw new CommandError(
    '--send needs --only FILE, --limit N or --all; if it was given, npm took it: write npx cws reset-passwords … (or: npm run reset-passwords -- …)',
  );
}

type ResetClients = ReturnType<typeof createClients>;
type ResetRun = ResetClients &
  Interruption & {
    options: ResetOptions;
    config: MirrorConfig;
    rules: MailRules;
    environment: string;
    state: string;
    recipients: Recipients;
    only?: RecipientFilter;
    log: MailLog;
    display: ResetDisplay;
  };

function createClients(options: ResetOptions) {
  const connection = connectWorkos(options);
  const { config, requests, workosUsers } = connection;
  return {
    connection,
    requests,
    workosUsers,
    workosHost: config.hostname,
    source: createUserSource({ userPoolId: options.userPoolId }, createServerClock()),
    resets: createPasswordResets(connection),
  };
}

/** @returns how the sending ended; undefined where nothing was to be sent. */
async function planAndSend(job: ResetRun): Promise<Ending | undefined> {
  const { options, recipients, log, display, stop } = job;
  const scheduler = createRequestScheduler({
    writesPerSecond: options.rate,
    requestsPerSecond: requestsFor(options.rate),
    signal: stop,
    onPause: display.pause,
    // At a very low rate, successful answers are far apart.
    patienceMs: Math.max(PATIENCE_MS, 5_000 / options.rate),
  });
  await planMails({
    ...job,
    scheduler,
    retryInDoubt: options.retryInDoubt ?? false,
    mailAgain: options.mailAgain ?? false,
    onProgress: display.planning,
  });
  if (!options.send) return undefined;
  const { remaining, alreadySent } = recipientsToSummary(recipients);
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const total = Math.min(limit, remaining);
  await using ledger = await openBulkLedger({
    userPoolId: options.userPoolId,
    config: job.config,
    clock: job.source.now,
    isReadOnly: false,
    scheduler,
    onNotice: display.notice,
  });
  await confirmMails(total, job);
  display.begin(
    total,
    `Sending ${total} password-reset mails through ${job.workosHost}, ${options.rate} a second (${duration(total / options.rate)}); ${alreadySent} were sent before. Recorded in ${resolve(job.state)}: keep that file.`,
  );
  return await sendMails({
    ...job,
    leases: ledger.ledger.leases,
    mailAgain: options.mailAgain ?? false,
    scheduler,
    limit,
    log,
    atATime: Math.min(MAXIMUM_AT_A_TIME, Math.max(1, Math.ceil(SECONDS_A_MAIL * options.rate))),
    onResult: display.mailed,
    onNotice: display.notice,
  });
}

/** @throws NotConfirmedError */
async function confirmMails(count: number, { options, environment, display, stop }: ResetRun) {
  display.end();
  const what = `people of ${options.userPoolId}, through the WorkOS ${environment}`;
  const action = 'mail a password reset to';
  // Of a lost --only nothing is left to be seen: `npm run reset-passwords --only=FILE -- --limit 10 --send`.
  const isNamed = options.only !== undefined || !isStartedByNpmRun(process.env);
  const bound = isNamed ? MAIL_BOUND : 0;
  const mass = { action, what, count, bound, yes: options.yes ?? false };
  await confirmMassAction(mass, terminalOf(stop));
}

function toReport(job: ResetRun, ending: Ending | undefined, started: number): ResetReport {
  const { recipients, options, only, requests } = job;
  const summary = recipientsToSummary(recipients);
  const due = options.send ? [] : recipients.some('due', Math.min(SAMPLE, options.limit ?? SAMPLE));
  return {
    sending: options.send ?? false,
    ...(ending && { ended: ending.kind }),
    ...summary,
    wouldSend: options.send ? 0 : Math.min(summary.remaining, options.limit ?? summary.remaining),
    sample: toList(
      due.map(({ sub, workosUserId = '' }) => ({
        sub,
        workosUserId,
        email: maskEmail(recipients.index.byId(workosUserId)?.email ?? ''),
      })),
    ),
    ...(only && {
      only: {
        entries: only.entries,
        unknown: only.unknown(LISTED),
        notEligible: recipients.leftOut(LISTED),
      },
    }),
    requests,
    seconds: secondsSince(started),
  };
}

/** @throws CommandError where no mail can be sent any further: code 2. */
function toExit(report: ResetReport, ending: Ending | undefined, display: ResetDisplay): number {
  const { inDoubt, notAllowed, failed, only } = report;
  const isEverythingSent =
    inDoubt.count + notAllowed.count + failed.count === 0 &&
    (only?.unknown.count ?? 0) + (only?.notEligible.count ?? 0) === 0;
  switch (ending?.kind) {
    case 'gave_up':
      throw new CommandError(
        `${ending.why}. ${report.sent} mails were sent and are recorded. Then run the same command again to go on.`,
      );
    case 'stopped':
      display.notice('Stopped. Run the same command again to go on.');
      return EXIT.interrupted;
    case 'quota': {
      const { retryAfterSeconds } = ending;
      const when =
        retryAfterSeconds === undefined ? 'tomorrow' : `in ${duration(retryAfterSeconds)}`;
      display.notice(
        `WorkOS's daily quota of mails is used up (daily_quota_exceeded): run the same command again ${when} to go on, or ask WorkOS for more.`,
      );
      return EXIT.attention;
    }
    case 'doubts':
      display.notice(
        'Stopped: WorkOS left one mail after the other unanswered, so each would be in doubt. Run the same command again when WorkOS answers.',
      );
      return EXIT.attention;
    case 'complete':
    case 'limit':
    case undefined:
      return isEverythingSent ? EXIT.done : EXIT.attention;
  }
}
