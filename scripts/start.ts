import { once } from 'node:events';
import type { Command } from 'commander';
import type { StoryComparison } from '../local/story/compare.ts';
import { addSections, createCommand, onRun } from './shared/options.ts';
import { toList, writeResult } from './shared/result.ts';
import { CommandError, EXIT, type Interruption } from './shared/run.ts';
import { secondsSince } from './shared/text.ts';

type StartOptions = { once?: true; json?: true; logs?: true };
type StartReport = StoryComparison & { events: number; seconds: number };

export function startCommand(): Command {
  const command = createCommand('start')
    .description('Runs the whole system on this machine: no account, no network.')
    .option('--once', 'tell the story, check that both sides agree, and end')
    .option('--json', 'with --once: print the result as one JSON object on stdout')
    .option('--logs', 'also show what the functions log');
  addSections(command, {
    examples: ['start', 'start --once', 'start --once --json'],
    more: 'Needs the development dependencies: npm ci, without --omit=dev.',
    environment: 'none.',
    exit: '0 both sides agree, 1 they do not, 2 could not run; 130 stopped by Ctrl-C before\nthe result of --once.',
  });
  return onRun<StartOptions>(command, runStart);
}

async function runStart(options: StartOptions, { stop }: Interruption): Promise<number> {
  if (options.json && !options.once) {
    throw new CommandError('--json is only for --once: give both, or neither');
  }
  const signal = AbortSignal.any([stop, onceOutputCloses()]);
  try {
    return await run(options, signal);
  } catch (error) {
    if (signal.aborted) return options.once ? EXIT.interrupted : EXIT.done;
    throw error;
  }
}

/** With `… | head`, the reader of the output closes it: what was started has to be ended all the same. */
function onceOutputCloses(): AbortSignal {
  const closed = new AbortController();
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', () => closed.abort());
  }
  return closed.signal;
}

async function run(options: StartOptions, signal: AbortSignal): Promise<number> {
  const { howTo, createNarrator, runStory, startSystem, writeEnvironmentFile } =
    await loadLocalSystem();
  const started = performance.now();
  const narrator = createNarrator(process.stderr, options);
  let events = 0;
  process.stderr.write('Starting Cognito, Lambda, SQS and WorkOS on this machine…\n');
  const system = await startSystem({
    ...narrator,
    onBatch(batch) {
      events += batch.received - batch.failed;
      narrator.onBatch?.(batch);
    },
  });
  try {
    const comparison = await runStory(system, narrator, signal);
    const exit = comparison.inSync ? EXIT.done : EXIT.attention;
    const report = { ...comparison, events, seconds: secondsSince(started) };
    if (options.json) {
      const { differences, ...result } = report;
      const head = { command: 'start', userPoolId: system.userPoolId, exit };
      await writeResult(process.stdout, head, { ...result, differences: toList(differences) });
    } else {
      print(report);
    }
    if (options.once) return exit;
    await writeEnvironmentFile(system);
    process.stdout.write(howTo(system));
    signal.throwIfAborted();
    await once(signal, 'abort');
    return EXIT.done;
  } finally {
    if (signal.aborted) process.stderr.write('\nEnding everything…\n');
    await system.close();
  }
}

/** The emulators are development dependencies, so they may be missing: `npm ci --omit=dev`. */
async function loadLocalSystem() {
  try {
    return {
      ...(await import('../local/story/environment-file.ts')),
      ...(await import('../local/story/how-to.ts')),
      ...(await import('../local/story/narrator.ts')),
      ...(await import('../local/story/run-story.ts')),
      ...(await import('../local/system.ts')),
    };
  } catch (error) {
    if (!isMissingPackage(error)) throw error;
    throw new CommandError(
      'the local run needs the development dependencies: run npm ci without --omit=dev',
      { cause: error },
    );
  }
}

function isMissingPackage(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    error.message.startsWith('Cannot find package')
  );
}

function print({ differences, ...result }: StartReport): void {
  const { inSync, cognitoUsers, workosUsers, carriedPasswords, events, seconds } = result;
  const verdict = inSync ? 'In sync' : 'NOT in sync';
  const counts = `${cognitoUsers} Cognito users, ${workosUsers} WorkOS users, ${carriedPasswords} of them with the password of Cognito, ${events} messages`;
  process.stdout.write(`\n${verdict}: ${counts}, ${seconds} s.\n`);
  for (const difference of differences) process.stdout.write(`  ${difference}\n`);
}
