import { sweep } from '../../src/canary/sweep.ts';
import { toList, writeResult } from '../shared/result.ts';
import { EXIT } from '../shared/run.ts';
import { toTerminalText } from '../shared/text.ts';
import type { CanaryOptions } from './canary-options.ts';
import type { Connected } from './connect.ts';
import { observerOf } from './observer.ts';
import { leftToLines } from './text.ts';

/** `cws canary --clean`: removes what earlier runs have left, and the standing user where no schedule uses it. */
export async function clean(
  options: CanaryOptions,
  { world, stack }: Connected,
  removeWith: string,
): Promise<number> {
  const isScheduled = stack !== undefined && stack.schedule !== 'off';
  const observer = observerOf(world.times.deadlineMs / 1000);
  const { removed, atWork, left } = await sweep(
    { ...world, observer },
    { evenLeased: options.now ?? false, standing: !isScheduled },
  );
  const exit = left.length === 0 ? EXIT.done : EXIT.attention;
  if (options.json) {
    const head = { command: 'canary', userPoolId: options.userPoolId, exit };
    await writeResult(process.stdout, head, {
      end: 'cleaned',
      run: null,
      steps: toList([]),
      left: toList(left),
      removed: toList(removed.map((run) => ({ run }))),
      atWork: toList(atWork.map(({ run, until }) => ({ run, until: until.toISOString() }))),
      removeWith: left.length === 0 ? null : removeWith,
    });
    return exit;
  }
  const lines = [
    removed.length === 0
      ? 'There was nothing to remove.'
      : `Removed what these runs had left: ${removed.join(', ')}`,
    ...atWork.map(
      ({ run, until }) =>
        `Left alone: the run ${run}, which may be under way until ${until.toISOString()} (--now removes it, too)`,
    ),
    ...(isScheduled ? ['The standing user stays: the schedule needs it.'] : []),
    ...leftToLines(left, removeWith),
  ];
  process.stdout.write(lines.map((line) => `${toTerminalText(line)}\n`).join(''));
  return exit;
}
