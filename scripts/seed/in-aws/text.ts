import type { WatchedRound } from '../../../src/full-round/types.ts';
import { type Screen, wrapText } from '../../shared/screen.ts';
import { duration, plural, rowsToLines } from '../../shared/text.ts';

/**
 * How the commands that are proposed name the stage. `pool`: empty where its file names the pool, else the option and
 * a space.
 */
type StageNamed = { name: string; pool: string };

const ENDS = {
  finished: 'Seeded in AWS',
  stopped: 'Stopped before every user was published',
  running: 'Under way in AWS',
} as const;

/** The result for people, with what to do next. */
export function roundToText(
  result: WatchedRound,
  { stage, screen }: { stage: StageNamed; screen: Screen },
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
export function howToGoOn({ name, pool }: StageNamed): string {
  const seed = `npx cws seed ${pool}--stage ${name} --in-aws`;
  return `The seed goes on in AWS. To see it again: ${seed}. To end it: ${seed} --stop`;
}

function tookText({ begunAt, endedAt }: WatchedRound): string {
  if (begunAt === undefined || endedAt === undefined) return '';
  return ` in ${duration((Date.parse(endedAt) - Date.parse(begunAt)) / 1000)}`;
}

function nextSteps(
  { end, problems, deadLetters }: WatchedRound,
  { name, pool }: StageNamed,
): string[] {
  // Other commands have nothing from a stage without a file.
  const stage = pool === '' ? ` --stage ${name}` : '';
  const grown = deadLetters.after - deadLetters.before;
  return [
    ...(problems > 0
      ? [
          `${plural(problems, 'record')} of the pool could not be read or sent: the log of the function patrol names the subs.`,
        ]
      : []),
    ...(grown > 0
      ? [`${plural(grown, 'message')} dead-lettered: npx cws redrive${stage} lists them.`]
      : []),
    ...(end === 'finished'
      ? [
          `What the consumer did with each user, conflicts included, is in the comparison: npx cws verify${stage}${pool && ` ${pool.trim()}`}`,
        ]
      : []),
  ];
}
