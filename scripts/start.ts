import { once } from 'node:events';
import { Command, CommanderError } from 'commander';
import type { StoryComparison } from '../local/story/compare.ts';
import { howTo } from '../local/story/how-to.ts';
import { createNarrator } from '../local/story/narrator.ts';
import { runStory } from '../local/story/run-story.ts';
import { startSystem } from '../local/system.ts';

type Options = { once?: true; json?: true; logs?: true };
type Result = StoryComparison & { events: number; seconds: number };

const EXIT_DIFFERENT = 1;
const EXIT_COULD_NOT_RUN = 2;
/** As a shell tells it of a command that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

const interruption = new AbortController();
// Only the first is caught: a second Ctrl-C ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interruption.abort());
// Who reads the output has gone (`| head`): what was started has to be ended all the same.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', () => interruption.abort());
}

process.exitCode = await main(interruption.signal);

async function main(signal: AbortSignal): Promise<number> {
  let options: Options;
  try {
    options = parseOptions();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_COULD_NOT_RUN;
    throw error;
  }
  try {
    return await run(options, signal);
  } catch (error) {
    if (signal.aborted) return options.once ? EXIT_INTERRUPTED : 0;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\nerror: ${message.replaceAll(/\s+/g, ' ')}\n`);
    return EXIT_COULD_NOT_RUN;
  }
}

function parseOptions(): Options {
  const program = new Command('npm start --')
    .description('Runs the whole system on this machine: no account, no network.')
    .option('--once', 'tell the story, check that both sides agree, and end')
    .option('--json', 'with --once: the result as one JSON object on stdout')
    .option('--logs', 'show what the functions log, too')
    .addHelpText(
      'after',
      '\nExit code: 0 both sides agree, 1 they do not, 2 it could not run. Ctrl-C ends it.',
    )
    .exitOverride()
    .parse();
  const options = program.opts<Options>();
  if (options.json && !options.once) program.error('error: --json needs --once');
  return options;
}

async function run(options: Options, signal: AbortSignal): Promise<number> {
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
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    report({ ...comparison, events, seconds }, options);
    if (options.once) return comparison.inSync ? 0 : EXIT_DIFFERENT;
    process.stdout.write(howTo(system));
    signal.throwIfAborted();
    await once(signal, 'abort');
    return 0;
  } finally {
    if (signal.aborted) process.stderr.write('\nEnding everything…\n');
    await system.close();
  }
}

function report({ differences, ...result }: Result, options: Options): void {
  if (options.json) {
    const shown = result.inSync ? result : { ...result, differences };
    process.stdout.write(`${JSON.stringify(shown)}\n`);
    return;
  }
  const { inSync, cognitoUsers, workosUsers, events, seconds } = result;
  const verdict = inSync ? 'In sync' : 'NOT in sync';
  const counts = `${cognitoUsers} Cognito users, ${workosUsers} WorkOS users, ${events} messages`;
  process.stdout.write(`\n${verdict}: ${counts}, ${seconds} s.\n`);
  for (const difference of differences) process.stdout.write(`  ${difference}\n`);
}
