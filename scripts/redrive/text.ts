import type { RedriveResult } from '../../src/redrive/redrive-result.ts';
import type { RedriveCommandOptions } from './redrive-options.ts';

/** How many messages are shown; `--json` has them all. */
const MESSAGES_SHOWN = 20;

/** The result for people, with what to do next. */
export function resultToText(result: RedriveResult, options: RedriveCommandOptions): string {
  const { deadLetters, byReason, replayed, discarded, kept, failed } = result;
  const done =
    options.discard === undefined
      ? `${replayed} replayed`
      : `${discarded} discarded into ${options.discard}`;
  const head =
    options.replay || options.discard !== undefined
      ? `${deadLetters} dead-lettered messages seen: ${done}, ${kept} kept, ${failed} failed`
      : `${deadLetters} dead-lettered messages`;
  const reasons = Object.entries(byReason).map(
    ([reason, { count, what }]) => `${String(count).padStart(7)}  ${reason.padEnd(24)}  ${what}`,
  );
  return [head, ...reasons, ...list(result), ...nextSteps(result, options), ''].join('\n');
}

function list({ messages }: RedriveResult): string[] {
  const left = messages.filter(({ fate }) => fate === 'kept' || fate === 'failed');
  if (left.length === 0) return [];
  const rows = left.slice(0, MESSAGES_SHOWN).map(({ sub, sentAt, reason, messageId }) => {
    const since = sentAt?.slice(0, 19).concat('Z') ?? '';
    return `  ${since.padEnd(20)}  ${reason.padEnd(24)}  sub ${(sub ?? 'unknown').padEnd(36)}  message ${messageId}`;
  });
  const more = left.length - rows.length;
  return ['', ...rows, ...(more > 0 ? [`  and ${more} more: --json lists them all`] : [])];
}

function nextSteps(result: RedriveResult, options: RedriveCommandOptions): string[] {
  const { replay, discard, force } = options;
  const { unseen, inFlight, failed, returned, problems, byReason } = result;
  const steps: string[] = [];
  if (problems.length > 0) {
    steps.push(
      `${failed} could not be ${discard === undefined ? 'replayed' : 'discarded'}, or not be removed from the dead-letter queue afterwards; they are kept with those of the same user behind them: ${problems.join('; ')}. Run the same command again.`,
    );
  }
  if (returned > 0) {
    steps.push(
      `${returned} failed again at once: the cause that their reason names has not been fixed yet.`,
    );
  }
  if (unseen > 0) {
    const through = replay && !force ? ': --force replays those too, and gets past them' : '';
    steps.push(
      `About ${unseen} more cannot be seen: SQS shows them when the messages of the same user before them are gone${through}.`,
    );
  }
  if (inFlight > 0) {
    steps.push(
      `About ${inFlight} are in flight: received by another redrive, a console, or a redrive that was killed. They are visible again within two minutes of its end.`,
    );
  }
  if (replay || discard !== undefined) return toParagraph(steps);
  const advices = Object.values(byReason);
  if (advices.some(({ replayable }) => replayable)) {
    steps.push('When the cause is fixed: npx cws redrive --replay');
  }
  if (advices.some(({ discardable }) => discardable)) {
    steps.push(
      'To move those that no replay can help out of the queue: npx cws redrive --discard FILE',
    );
  }
  return toParagraph(steps);
}

function toParagraph(steps: string[]): string[] {
  return steps.length > 0 ? ['', ...steps] : [];
}
