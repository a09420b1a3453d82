import { SingleBar } from 'cli-progress';
import { isNoMailReason, NO_MAIL_ADVICE } from '../../src/password-resets/no-mail.ts';
import type { PlanProgress } from '../../src/password-resets/plan.ts';
import type { MailResult } from '../../src/password-resets/send-mail.ts';
import type { ResetReport } from '../reset-passwords.ts';

export type ResetDisplay = {
  planning(progress: PlanProgress): void;
  /** Before the first mail: what will be sent, to how many. */
  begin(total: number, text: string): void;
  mailed(result: MailResult): void;
  pause(reason: string, milliseconds: number): void;
  notice(text: string): void;
  end(): void;
};

/** Lines where nobody watches: often enough to see that it lives. */
const LINE_INTERVAL_MS = 5_000;

/** Progress on stderr: a bar on a terminal, a line every five seconds elsewhere. */
export function createResetDisplay(stream: NodeJS.WriteStream): ResetDisplay {
  const tally = { done: 0, sent: 0, other: 0, total: 0 };
  const bar = stream.isTTY ? createBar(stream) : undefined;
  let lastLine = 0;

  function notice(text: string): void {
    if (bar) stream.write('\r\x1b[K');
    stream.write(`${text}\n`);
  }

  function everySoOften(text: string): void {
    if (!bar && Date.now() - lastLine < LINE_INTERVAL_MS) return;
    lastLine = Date.now();
    stream.write(bar ? `\r\x1b[K${text}` : `${text}\n`);
  }

  return {
    notice,
    planning({ phase, users }) {
      everySoOften(`reading ${phase === 'workos' ? 'WorkOS' : 'Cognito'}: ${users} users`);
    },
    begin(total, text) {
      tally.total = total;
      notice(text);
      bar?.start(total, 0, tally);
    },
    mailed(result) {
      if (result.kind === 'not_begun' || result.kind === 'all_refused') return;
      tally.done += 1;
      tally[result.kind === 'sent' ? 'sent' : 'other'] += 1;
      if (bar) bar.update(tally.done, tally);
      else everySoOften(`${tally.done} of ${tally.total}: ${tally.sent} sent, ${tally.other} not`);
    },
    pause: (reason, ms) => notice(`${reason}: everything waits ${duration(ms / 1000)}`),
    end: () => bar?.stop(),
  };
}

function createBar(stream: NodeJS.WriteStream): SingleBar {
  const format = '{bar} {value}/{total} users, {eta_formatted} left | {sent} sent, {other} not';
  return new SingleBar({ stream, format, hideCursor: true, clearOnComplete: false, fps: 8 });
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

/** Enough of an address to be recognised by those who know it. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${[...email][0] ?? ''}***${email.slice(Math.max(at, 0))}`;
}

/** The result for people, with what to do next. */
export function reportToText(report: ResetReport, rate: number): string {
  const { sending, read, eligible, sameUser, sent, alreadySent, remaining } = report;
  const rows: [string, number][] = [
    ['Cognito profiles read', read],
    ['people to be mailed, in all', eligible],
    ...(sameUser > 0 ? [['second profiles of them', sameUser] as [string, number]] : []),
    ...(sending ? [['mailed now', sent] as [string, number]] : []),
    ['mailed before', alreadySent],
    ['in doubt', report.inDoubt.count],
    ['not allowed by WorkOS', report.notAllowed.count],
    ['failed', report.failed.count],
    [sending ? 'remaining' : 'would be mailed', sending ? remaining : report.wouldSend],
    ...Object.entries(report.skipped).map(
      ([reason, n]) => [`skipped: ${reason}`, n] as [string, number],
    ),
  ];
  const lines = rows.map(([name, n]) => `  ${name.padEnd(42)}${String(n).padStart(9)}`);
  const heading = sending ? 'Password-reset mails' : 'Nothing was sent. With --send:';
  return [heading, ...lines, ...sampleLines(report), ...nextSteps(report, rate), ''].join('\n');
}

function sampleLines({ sample }: ResetReport): string[] {
  if (sample.length === 0) return [];
  const lines = sample.map(({ email, sub, workosUserId }) => `  ${email}  ${sub}  ${workosUserId}`);
  return ['The first of them:', ...lines];
}

function nextSteps(report: ResetReport, rate: number): string[] {
  const { inDoubt, notAllowed, failed, skipped, only, sending, wouldSend, remaining } = report;
  const steps: string[] = [];
  if (inDoubt.count > 0) {
    steps.push(
      `${inDoubt.count} may or may not have got their mail (${list(inDoubt)}). They are left alone; --retry-in-doubt mails them, perhaps a second time.`,
    );
  }
  if (notAllowed.count > 0) {
    steps.push(
      `${notAllowed.count} may not reset a password: the policy of their organization (${list(notAllowed)}). They are not asked for again unless --only names them.`,
    );
  }
  if (failed.count > 0) {
    steps.push(`${failed.count} failed (${list(failed)}): the same command tries them again.`);
  }
  for (const [reason, count] of Object.entries(skipped)) {
    if (!isNoMailReason(reason)) continue;
    const { means, todo } = NO_MAIL_ADVICE[reason];
    steps.push(`${count} get no mail, ${reason}: ${means} ${todo}`);
  }
  if (only && only.unknown.count > 0) {
    steps.push(
      `${only.unknown.count} lines of --only name nobody: ${only.unknown.lines.join(', ')}`,
    );
  }
  if (only && only.notEligible.count > 0) {
    steps.push(`${only.notEligible.count} named by --only get no mail: ${list(only.notEligible)}`);
  }
  if (!sending && wouldSend > 0) steps.push(`At --rate ${rate}: ${duration(wouldSend / rate)}.`);
  if (sending && remaining > 0) steps.push(`${remaining} remain: run the same command again.`);
  return steps;
}

/** So many are named on the terminal; `--json` names a hundred, `--report` all. */
const NAMED = 5;

function list({ count, users }: { count: number; users: { sub: string; reason?: string }[] }) {
  const named = users.slice(0, NAMED).map(({ sub, reason }) => `${sub} ${reason ?? ''}`.trim());
  return [...named, ...(count > named.length ? [`${count - named.length} more`] : [])].join('; ');
}
