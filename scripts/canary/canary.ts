import { checkRemoval } from '../../src/canary/check-removal.ts';
import { reportToFigures } from '../../src/canary/figures.ts';
import { SIMULATOR } from '../../src/canary/mark.ts';
import { runCanary } from '../../src/canary/run-canary.ts';
import { sweep } from '../../src/canary/sweep.ts';
import type { CanaryReport } from '../../src/canary/types.ts';
import type { CanaryWorld } from '../../src/canary/world.ts';
import { keepLastRun } from '../shared/keep-last-run.ts';
import { toList, writeResult } from '../shared/result.ts';
import { EXIT, type Interruption } from '../shared/run.ts';
import { toTerminalText } from '../shared/text.ts';
import type { CanaryOptions } from './canary-options.ts';
import { clean } from './clean.ts';
import { type Connected, connectCanary } from './connect.ts';
import { observerOf } from './observer.ts';
import { scheduleCanary } from './schedule.ts';
import { plannedToLines, reportToLines } from './text.ts';

/** `cws canary`: one run, from its options to its exit code. */
export async function runCanaryCommand(
  options: CanaryOptions,
  { stop }: Interruption,
): Promise<number> {
  if (options.every !== undefined) return scheduleCanary(options, options.every);
  const connected = await connectCanary(options, stop);
  const removeWith = `npx cws canary --clean ${
    options.stage === undefined
      ? `--user-pool-id ${options.userPoolId}`
      : `--stage ${options.stage}`
  }`;
  if (options.clean) return clean(options, connected, removeWith);
  return prove(options, connected, { stop, removeWith });
}

async function prove(
  options: CanaryOptions,
  { world: both, stack, table }: Connected,
  { stop, removeWith }: { stop: AbortSignal; removeWith: string },
): Promise<number> {
  const mailbox = options.email ?? SIMULATOR;
  for (const line of plannedToLines(both.facts, stack, mailbox)) notice(line);
  const world: CanaryWorld = { ...both, observer: observerOf(options.deadline) };
  await checkRemoval(world);
  await sweepBefore(world);
  stop.addEventListener('abort', () =>
    notice('Stopping: removing what was made. A second Ctrl-C leaves it to the next run.'),
  );
  const report = await runCanary(world, { mailbox, stop });
  await keepLastRun(options.userPoolId, 'canary', {
    endedAt: world.clock(),
    figures: reportToFigures(report, options.deadline),
    onNotice: notice,
    table: table?.table,
  });
  const exit = toExit(report);
  if (options.json) {
    const head = { command: 'canary', userPoolId: options.userPoolId, exit };
    await writeResult(process.stdout, head, toBody(report, removeWith));
  } else {
    const lines = reportToLines(report, removeWith).map((line) => `${toTerminalText(line)}\n`);
    process.stdout.write(lines.join(''));
  }
  return exit;
}

async function sweepBefore(world: CanaryWorld): Promise<void> {
  const { removed, atWork, left } = await sweep(world);
  if (removed.length > 0) notice(`Removed what earlier runs had left: ${removed.join(', ')}`);
  for (const { run, until } of atWork) {
    notice(`Another run (${run}) may be under way until ${until.toISOString()}: left alone`);
  }
  for (const { kind, id, reason } of left) {
    notice(`An earlier run's ${kind.replace('_', ' ')} ${id} could not be removed: ${reason}`);
  }
}

function toBody({ run, end, steps, left }: CanaryReport, removeWith: string) {
  return {
    end,
    run,
    steps: toList(steps),
    left: toList(left),
    removed: toList([]),
    atWork: toList([]),
    removeWith: left.length === 0 ? null : removeWith,
  };
}

function toExit({ end, left }: CanaryReport): number {
  if (end === 'stopped') return EXIT.interrupted;
  return end === 'proved' && left.length === 0 ? EXIT.done : EXIT.attention;
}

function notice(text: string): void {
  process.stderr.write(`${toTerminalText(text)}\n`);
}
