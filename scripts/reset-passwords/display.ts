import type { PlanProgress } from '../../src/password-resets/plan.ts';
import type { MailResult } from '../../src/password-resets/send-mail.ts';
import { createProgress, type ProgressDisplay } from '../shared/progress.ts';
import { createRateMeter, timeLeft } from '../shared/time-left.ts';

export type ResetDisplay = Omit<ProgressDisplay, 'show'> & {
  planning(progress: PlanProgress): void;
  /** Before the first mail: what will be sent, to how many. */
  begin(total: number, text: string): void;
  mailed(result: MailResult): void;
};

/** @param rate mails a second. */
export function createResetDisplay(stream: NodeJS.WriteStream, rate: number): ResetDisplay {
  const display = createProgress(stream);
  const counts = { done: 0, sent: 0, other: 0, total: 0 };
  const mailsPerSecond = createRateMeter(0);

  return {
    ...display,
    planning({ phase, users }) {
      const unit = phase === 'workos' ? 'WorkOS users listed' : 'Cognito users read';
      display.show({ phase, done: users, unit });
    },
    begin(total, text) {
      counts.total = total;
      display.end();
      display.notice(text);
    },
    mailed(result) {
      if (result.kind === 'not_begun' || result.kind === 'all_refused') return;
      counts.done += 1;
      counts[result.kind === 'sent' ? 'sent' : 'other'] += 1;
      const { done, total, sent, other } = counts;
      const left = total - done;
      const time = timeLeft([
        { left, perSecond: mailsPerSecond(done) },
        { left, perSecond: rate },
      ]);
      display.show({
        phase: 'mailing',
        done,
        total,
        unit: 'users',
        failures: `${other} not sent`,
        details: [`${sent} sent`, ...(time === undefined ? [] : [time])],
      });
    },
  };
}
