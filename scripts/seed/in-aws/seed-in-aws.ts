import { setTimeout as delay } from 'node:timers/promises';
import { beginRound } from '../../../src/full-round/begin-round.ts';
import { stopRound } from '../../../src/full-round/stop-round.ts';
import type { BegunRound, WatchedRound } from '../../../src/full-round/types.ts';
import { watchRound } from '../../../src/full-round/watch-round.ts';
import { settingsOf } from '../../shared/apply-settings.ts';
import { showBanner } from '../../shared/banner.ts';
import { writeResult } from '../../shared/result.ts';
import { EXIT, type Interruption } from '../../shared/run.ts';
import { createScreen } from '../../shared/screen.ts';
import { secondsSince } from '../../shared/text.ts';
import type { SeedInAwsOptions } from '../seed-options.ts';
import { connectPatrolOf } from './connect.ts';
import { createRoundDisplay, type RoundDisplay } from './display.ts';
import { howToGoOn, roundToText } from './text.ts';

/** `cws seed --in-aws`: starts, shows or ends a full round of the deployed patrol, to its exit code. */
export async function runSeedInAws(
  options: SeedInAwsOptions,
  { stop }: Pick<Interruption, 'stop'>,
): Promise<number> {
  const started = performance.now();
  const { userPoolId, stage } = options;
  using patrol = await connectPatrolOf(stage, userPoolId);
  const { userPool } = await showBanner({ userPoolId, writes: false });
  const begun = await (options.stop ? stopRound(patrol) : beginRound(patrol));
  if (!begun) return nothingToStop(options, started);
  const display = createRoundDisplay(process.stderr, userPool.users);
  display.notice(beginText(begun, options));
  try {
    const watched = await watchRound(
      {
        ...patrol,
        stop,
        drains: !options.stop,
        onView: display.show,
        onNotice: display.notice,
        wait: (ms) => delay(ms, undefined, { signal: stop }).catch(() => {}),
      },
      begun,
    );
    return await report(watched, { options, stage, begun, display, started });
  } finally {
    display.end();
  }
}

function beginText({ how, round }: BegunRound, { stop }: SeedInAwsOptions): string {
  if (stop) return `The round ${round} is asked to end: that takes some seconds.`;
  switch (how) {
    case 'started':
      return 'A full round is started in AWS. It goes on when this command ends.';
    case 'attached':
      return `The round ${round} is under way in AWS already: no second one is started.`;
    case 'resumed':
      return `The round ${round} was under way without a worker: a new one goes on where the last one was.`;
  }
}

async function report(
  watched: WatchedRound,
  run: {
    options: SeedInAwsOptions;
    stage: string;
    begun: BegunRound;
    display: RoundDisplay;
    started: number;
  },
): Promise<number> {
  const { options, stage, begun, display, started } = run;
  display.end();
  const exit = toExit(watched, options);
  const isInFile = settingsOf(stage).userPoolId !== undefined;
  const named = { name: stage, pool: isInFile ? '' : `--user-pool-id ${options.userPoolId} ` };
  if (options.json) {
    const { round = null, begunAt = null, endedAt = null, ...rest } = watched;
    const how = options.stop ? 'stopped' : begun.how;
    const times = { begunAt, endedAt, seconds: secondsSince(started) };
    const head = { command: 'seed', userPoolId: options.userPoolId, exit };
    await writeResult(process.stdout, head, { inAws: true, how, round, ...rest, ...times });
  } else {
    process.stdout.write(
      roundToText(watched, { stage: named, screen: createScreen(process.stdout) }),
    );
  }
  if (watched.end === 'running') display.notice(howToGoOn(named));
  return exit;
}

function toExit({ end, problems, deadLetters }: WatchedRound, { stop }: SeedInAwsOptions): number {
  if (end === 'running') return EXIT.interrupted;
  if (stop) return EXIT.done;
  const isClean = problems === 0 && deadLetters.after <= deadLetters.before;
  return end === 'finished' && isClean ? EXIT.done : EXIT.attention;
}

async function nothingToStop(options: SeedInAwsOptions, started: number): Promise<number> {
  const exit = EXIT.done;
  if (options.json) {
    const head = { command: 'seed', userPoolId: options.userPoolId, exit };
    const body = { inAws: true, how: 'stopped', round: null, end: 'none' };
    await writeResult(process.stdout, head, { ...body, seconds: secondsSince(started) });
  } else {
    process.stdout.write('No full round is under way in AWS: nothing to end.\n');
  }
  return exit;
}
