import type { WatchedRound } from '../../../src/full-round/types.ts';
import { type Screen, wrapText } from '../../shared/screen.ts';
import { duration, plural, rowsToLines } from '../../shared/text.ts';

const ENDS = {
  finished: 'Seeded in AWS',
  stopped: 'Stopped before every user was published',
  running: 'Under way in AWS',
} as const;

/** The result for people, with what to do next. */
export function roundToText(
  result: WatchedRound,
  { stage, screen }: { stage: string; screen: Screen },
): string {
  const { end, listed, published, problems, waiting, deadLetters } = result;
  return [
    `${ENDS[end]}: ${plural(listed, 'user')} listed${tookText(result)}`,
    ...rowsToLines([
      ['published', published],
      ['unreadable records', problems],
      ['waiting in the queue', waiting],
      ['dead letters before', deadLetters.before],
      ['dead letters now', deadLetters.after],
    ]),
    ...nextSteps(result, stage).flatMap((step) => wrapText(step, screen)),
    '',
  ].join('\n');
}

/** The commands that show the round again, and end it. */
export function howToGoOn(stage: string): string {
  return `The seed goes on in AWS. To see it again: npx cws seed --stage ${stage} --in-aws. To end it: npx cws seed --stage ${stage} --in-aws --stop`;
}

function tookText({ begunAt, endedAt }: WatchedRound): string {
  if (begunAt === undefined || endedAt === undefined) return '';
  return ` in ${duration((Date.parse(endedAt) - Date.parse(begunAt)) / 1000)}`;
}

function nextSteps({ end, problems, deadLetters }: WatchedRound, stage: string): string[] {
  const grown = deadLetters.after - deadLetters.before;
  return [
    ...(problems > 0
      ? [
          `${plural(problems, 'record')} of the pool could not be read or sent: the log of the function patrol names the subs.`,
        ]
      : []),
    ...(grown > 0
      ? [`${plural(grown, 'message')} dead-lettered: npx cws redrive --stage ${stage} lists them.`]
      : []),
    ...(end === 'finished'
      ? [
          `What the consumer did with each user, conflicts included, is in the comparison: npx cws verify --stage ${stage}`,
        ]
      : []),
  ];
}
