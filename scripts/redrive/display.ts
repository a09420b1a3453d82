import { SingleBar } from 'cli-progress';
import type { RedriveResult } from '../../src/redrive/redrive-result.ts';
import type { RedriveCommandOptions } from './options.ts';

export type RedriveDisplay = {
  progress(seen: number, expected: number): void;
  notice(text: string): void;
  end(): void;
  /** The result for people, with what to do next. */
  summary(result: RedriveResult, options: RedriveCommandOptions): string;
};

/** Lines where there is no terminal: often enough to see that it runs. */
const LINE_INTERVAL_MS = 5_000;
/** The whole list is in the JSON. */
const MESSAGES_SHOWN = 20;

/** Progress on stderr: a bar on a terminal, a line every five seconds elsewhere. */
export function createRedriveDisplay(stream: NodeJS.WriteStream): RedriveDisplay {
  let lastLine = 0;
  const bar = stream.isTTY
    ? new SingleBar({ stream, format: '{bar} {value}/{total} dead letters', clearOnComplete: true })
    : undefined;
  return {
    progress(seen, expected) {
      if (bar) {
        if (!bar.isActive) bar.start(expected, seen);
        bar.setTotal(expected);
        bar.update(seen);
      } else if (Date.now() - lastLine >= LINE_INTERVAL_MS) {
        lastLine = Date.now();
        stream.write(`${seen} of about ${expected} dead letters\n`);
      }
    },
    notice: (text) => void stream.write(`${text}\n`),
    end: () => bar?.stop(),
    summary,
  };
}

function summary(result: RedriveResult, options: RedriveCommandOptions): string {
  const { deadLetters, byReason, replayed, kept, failed } = result;
  const head = options.replay
    ? `${deadLetters} dead letters seen: ${replayed} replayed, ${kept} kept, ${failed} failed`
    : `${deadLetters} dead letters`;
  const reasons = Object.entries(byReason).map(
    ([reason, { count, what }]) => `${String(count).padStart(7)}  ${reason.padEnd(24)}  ${what}`,
  );
  return [head, ...reasons, ...list(result), ...nextSteps(result, options), ''].join('\n');
}

function list({ messages }: RedriveResult): string[] {
  const left = messages.filter(({ fate }) => fate !== 'replayed');
  if (left.length === 0) return [];
  const rows = left.slice(0, MESSAGES_SHOWN).map(({ sub, sentAt, reason, messageId }) => {
    const since = sentAt?.slice(0, 19).concat('Z') ?? '';
    return `  ${since.padEnd(20)}  ${reason.padEnd(24)}  sub ${(sub ?? 'unknown').padEnd(36)}  message ${messageId}`;
  });
  const more = left.length - rows.length;
  return ['', ...rows, ...(more > 0 ? [`  and ${more} more: --json lists them all`] : [])];
}

function nextSteps(result: RedriveResult, { replay, force }: RedriveCommandOptions): string[] {
  const { unseen, inFlight, failed, returned, problems, byReason } = result;
  const steps: string[] = [];
  if (problems.length > 0) {
    steps.push(
      `${failed} could not be replayed, or not deleted afterwards, and are kept with those behind them: ${problems.join('; ')}. Run the same command again.`,
    );
  }
  if (returned > 0) {
    steps.push(
      `${returned} were moved to the dead-letter queue again at once: what their reason says has not been fixed yet.`,
    );
  }
  if (unseen > 0) {
    const through = replay && !force ? ': --force replays those too, and gets past them' : '';
    steps.push(
      `About ${unseen} more cannot be seen: SQS delivers them when the ones of the same user before them are gone${through}.`,
    );
  }
  if (inFlight > 0) {
    steps.push(
      `About ${inFlight} are in flight: received by another redrive or a console, or by one that was killed. They are visible again within two minutes.`,
    );
  }
  if (!replay && Object.values(byReason).some(({ replayable }) => replayable)) {
    steps.push('When the cause is fixed: npm run redrive -- --replay');
  }
  return steps.length > 0 ? ['', ...steps] : [];
}
