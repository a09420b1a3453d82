import { createWriteStream } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createServerClock } from '../src/aws/server-clock.ts';
import { createRequestScheduler, requestsFor } from '../src/bulk/request-scheduler.ts';
import { loadMirrorConfig } from '../src/config/mirror.ts';
import { configToRules } from '../src/mirror/mirror.ts';
import type { MailRules } from '../src/password-resets/eligibility.ts';
import { type MailLog, openMailLog } from '../src/password-resets/mail-log.ts';
import { planMails } from '../src/password-resets/plan.ts';
import { readRecipientList, type Wanted } from '../src/password-resets/recipient-list.ts';
import { createPeople, type People, type Person } from '../src/password-resets/recipients.ts';
import { type Ending, sendMails } from '../src/password-resets/send-mails.ts';
import { peopleToSummary, type ResetSummary } from '../src/password-resets/summary.ts';
import { StateError } from '../src/sqlite/state-file.ts';
import { createPasswordResets } from '../src/workos/password-resets.ts';
import {
  createResetDisplay,
  duration,
  maskEmail,
  type ResetDisplay,
  reportToText,
} from './reset-passwords/display.ts';
import { parseResetOptions, type ResetOptions } from './reset-passwords/options.ts';
import { connectWorkos } from './shared/connect-workos.ts';
import { checkDistinctFiles } from './shared/distinct-files.ts';
import { CommandError, EXIT, type Interruption, runCommand, tryOutputFile } from './shared/run.ts';
import { createUserSource } from './shared/user-source.ts';

/** What the command prints; {@link ResetSummary} says which counts add up. */
export type ResetReport = ResetSummary & {
  sending: boolean;
  /** Why a sending ended before everybody was tried. */
  ended?: Ending['kind'];
  /** Mails that this command would send with `--send`: `remaining`, but for `--limit`. */
  wouldSend: number;
  /** The first of those who would be mailed; emails are masked. */
  sample: { sub: string; workosUserId: string; email: string }[];
  /** With `--only`: lines that name nobody, and people named who get no mail. */
  only?: {
    entries: number;
    unknown: { count: number; lines: number[] };
    notEligible: { count: number; users: Person[] };
  };
  requests: { reads: number; writes: number; rateLimited: number };
  seconds: number;
};

/** Mails on their way at once: each is somebody in doubt when the machine goes down. */
const MAXIMUM_AT_A_TIME = 16;
const PATIENCE_MS = 600_000;
const SAMPLE = 5;
const LISTED = 100;

await runCommand((interruption) => run(parseResetOptions(), interruption));

async function run(options: ResetOptions, interruption: Interruption): Promise<number> {
  const started = performance.now();
  const state = options.state ?? `reset-passwords-${options.userPoolId}.sqlite`;
  const clients = createClients(options);
  await checkDistinctFiles({
    '--state': state,
    '--only': options.only,
    '--report': options.report,
  });
  await clients.apiKey.get();
  const people = createPeople();
  const wanted =
    options.only === undefined ? undefined : await readRecipientList(options.only, people.db);
  await tryOutputFile('--report', options.report);
  const log = openMailLog(state, options.userPoolId, options.send ? 'write' : 'read');
  const display = createResetDisplay(process.stderr);
  const job: Job = {
    ...clients,
    ...interruption,
    ...(wanted && { wanted }),
    rules: {
      mirror: configToRules(loadMirrorConfig(process.env)),
      includeUnverified: options.includeUnverified ?? false,
    },
    options,
    state,
    people,
    log,
    display,
  };
  try {
    const ending = await planAndSend(job);
    display.end();
    if (options.report !== undefined) await writeReport(options.report, people);
    const report = toReport(job, ending, started);
    process.stdout.write(
      options.json ? `${JSON.stringify(report)}\n` : reportToText(report, options.rate),
    );
    return toExit(report, ending, display);
  } catch (error) {
    display.end();
    if (!interruption.stop.aborted || error instanceof StateError) throw error;
    display.notice('Stopped before anything was sent.');
    return EXIT.interrupted;
  } finally {
    log.close();
    people.close();
  }
}

type Clients = ReturnType<typeof createClients>;
type Job = Clients &
  Interruption & {
    options: ResetOptions;
    rules: MailRules;
    state: string;
    people: People;
    wanted?: Wanted;
    log: MailLog;
    display: ResetDisplay;
  };

function createClients(options: ResetOptions) {
  const workos = connectWorkos(options);
  const { config, apiKey, requests, workosUsers } = workos;
  return {
    apiKey,
    requests,
    workosUsers,
    workosHost: config.hostname,
    source: createUserSource({ userPoolId: options.userPoolId }, createServerClock()),
    resets: createPasswordResets(workos),
  };
}

/** @returns how the sending ended; undefined where nothing was to be sent. */
async function planAndSend(job: Job): Promise<Ending | undefined> {
  const { options, people, log, display, stop } = job;
  const scheduler = createRequestScheduler({
    writesPerSecond: options.rate,
    requestsPerSecond: requestsFor(options.rate),
    signal: stop,
    onPause: display.pause,
    // At a very gentle rate, good answers are far apart.
    patienceMs: Math.max(PATIENCE_MS, 5_000 / options.rate),
  });
  await planMails({
    ...job,
    scheduler,
    retryInDoubt: options.retryInDoubt ?? false,
    onProgress: display.planning,
  });
  if (!options.send) return undefined;
  const { remaining, alreadySent } = peopleToSummary(people);
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const total = Math.min(limit, remaining);
  display.begin(
    total,
    `Sending ${total} password-reset mails through ${job.workosHost}, ${options.rate} a second (${duration(total / options.rate)}); ${alreadySent} were sent before. Noted in ${resolve(job.state)}: keep it.`,
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

function toReport(job: Job, ending: Ending | undefined, started: number): ResetReport {
  const { people, options, wanted, requests } = job;
  const summary = peopleToSummary(people);
  const due = options.send ? [] : people.some('due', Math.min(SAMPLE, options.limit ?? SAMPLE));
  return {
    sending: options.send ?? false,
    ...(ending && { ended: ending.kind }),
    ...summary,
    wouldSend: options.send ? 0 : Math.min(summary.remaining, options.limit ?? summary.remaining),
    sample: due.map(({ sub, workosUserId = '' }) => ({
      sub,
      workosUserId,
      email: maskEmail(people.index.byId(workosUserId)?.email ?? ''),
    })),
    ...(wanted && {
      only: {
        entries: wanted.entries,
        unknown: wanted.unknown(LISTED),
        notEligible: people.leftOut(LISTED),
      },
    }),
    requests,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
}

/** @throws CommandError where no mail can be sent any further: code 2. */
function toExit(report: ResetReport, ending: Ending | undefined, display: ResetDisplay): number {
  const { inDoubt, notAllowed, failed, only } = report;
  const isWhole =
    inDoubt.count + notAllowed.count + failed.count === 0 &&
    (only?.unknown.count ?? 0) + (only?.notEligible.count ?? 0) === 0;
  switch (ending?.kind) {
    case 'gave_up':
      throw new CommandError(
        `${ending.why}. ${report.sent} mails were sent and are noted: then run the same command again to go on.`,
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
        'Stopped: WorkOS left one mail after the other unanswered, so each would be in doubt. Run the same command again when it is well.',
      );
      return EXIT.attention;
    case 'complete':
    case 'limit':
    case undefined:
      return isWhole ? EXIT.done : EXIT.attention;
  }
}

async function writeReport(path: string, people: People): Promise<void> {
  if ((await stat(path)).isFile()) await chmod(path, 0o600);
  const lines = function* () {
    for (const person of people.everybody()) yield `${JSON.stringify(person)}\n`;
  };
  await pipeline(Readable.from(lines()), createWriteStream(path, { mode: 0o600 }));
}
