import { resolve } from 'node:path';
import { createServerClock } from '../../src/aws/server-clock.ts';
import { createRequestScheduler, requestsFor } from '../../src/bulk/request-scheduler.ts';
import { loadMirrorConfig } from '../../src/config/mirror.ts';
import { configToRules } from '../../src/mirror/mirror.ts';
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
import { maskEmail } from '../../src/readiness/page/mask.ts';
import { StateError } from '../../src/sqlite/state-file.ts';
import { createPasswordResets } from '../../src/workos/password-resets.ts';
import { showBanner } from '../shared/banner.ts';
import { connectWorkos } from '../shared/connect-workos.ts';
import { checkDistinctFiles, tryOutputFile, writeJsonLines } from '../shared/output-files.ts';
import { toList, writeResult } from '../shared/result.ts';
import { CommandError, EXIT, type Interruption } from '../shared/run.ts';
import { duration, secondsSince } from '../shared/text.ts';
import { createUserSource } from '../shared/user-source.ts';
import { createResetDisplay, type ResetDisplay } from './display.ts';
import type { ResetOptions, ResetReport } from './reset-options.ts';
import { reportToText } from './text.ts';

/** Requests in flight at once: if the machine fails, each leaves a user in doubt. */
const MAXIMUM_AT_A_TIME = 16;
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
  await showBanner({ ...options, writes: options.send ?? false }, clients.connection);
  const recipients = createRecipients();
  const only =
    options.only === undefined ? undefined : await readRecipientList(options.only, recipients.db);
  await tryOutputFile('--report', options.report);
  const log = openMailLog(state, options.userPoolId, options.send ? 'write' : 'read');
  const display = createResetDisplay(process.stderr, options.rate);
  const job: ResetRun = {
    ...clients,
    ...interruption,
    ...(only && { only }),
    rules: {
      mirror: configToRules(loadMirrorConfig(process.env)),
      includeUnverified: options.includeUnverified ?? false,
    },
    options,
    state,
    recipients,
    log,
    display,
  };
  try {
    const ending = await planAndSend(job);
    display.end();
    if (options.report !== undefined) await writeJsonLines(options.report, recipients.all());
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
function checkRecipients({ send, only, limit, all }: ResetOptions): void {
  if (!send || only !== undefined || limit !== undefined || all) return;
  throw new CommandError(
    '--send needs --only FILE, --limit N or --all; if it was given, npm took it: write npx cws reset-passwords … (or: npm run reset-passwords -- …)',
  );
}

type ResetClients = ReturnType<typeof createClients>;
type ResetRun = ResetClients &
  Interruption & {
    options: ResetOptions;
    rules: MailRules;
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
    onProgress: display.planning,
  });
  if (!options.send) return undefined;
  const { remaining, alreadySent } = recipientsToSummary(recipients);
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const total = Math.min(limit, remaining);
  display.begin(
    total,
    `Sending ${total} password-reset mails through ${job.workosHost}, ${options.rate} a second (${duration(total / options.rate)}); ${alreadySent} were sent before. Recorded in ${resolve(job.state)}: keep that file.`,
  );
  return sendMails({
    ...job,
    scheduler,
    limit,
    log,
    atATime: Math.min(MAXIMUM_AT_A_TIME, Math.max(1, Math.ceil(options.rate))),
    onResult: display.mailed,
    onNotice: display.notice,
  });
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
