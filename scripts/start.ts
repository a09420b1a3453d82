import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import type { EventStream } from '../local/events/event-stream.ts';
import type { LivePage } from '../local/live-page/live-page.ts';
import type { StoryComparison } from '../local/story/compare.ts';
import { addSections, createCommand, onRun } from './shared/options.ts';
import { toList, writeResult } from './shared/result.ts';
import { CommandError, EXIT, type Interruption } from './shared/run.ts';
import { secondsSince } from './shared/text.ts';

type StartOptions = { once?: true; json?: true; logs?: true; pagePort?: number };
type StartReport = StoryComparison & { events: number; seconds: number };

export function startCommand(): Command {
  const command = createCommand('start')
    .description('Runs the whole system on this machine: no account, no network.')
    .option('--once', 'tell the story, check that both sides agree, and end')
    .option('--json', 'with --once: print the result as one JSON object on stdout')
    .option('--logs', 'also show what the functions log')
    .option(
      '--page-port <port>',
      'port of the live page; with --once there is a page only with this option (default: a free port)',
      toPort,
    );
  addSections(command, {
    examples: ['start', 'start --page-port 8080', 'start --once', 'start --once --json'],
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
  const local = await loadLocalSystem();
  const started = performance.now();
  const stream = local.createEventStream();
  stream.subscribe(local.createNarrator(process.stderr, options));
  let events = 0;
  stream.subscribe(({ event }) => {
    if (event.kind === 'settled') events += event.done.length;
  });
  const page = await openPage(local, stream, options);
  if (page) process.stderr.write(`Live page: ${page.url}\n`);
  process.stderr.write('Starting Cognito, Lambda, SQS and WorkOS on this machine…\n');
  const system = await local
    .startSystem(local.createSystemObserver(stream))
    .catch(async (error) => {
      await page?.close();
      throw error;
    });
  try {
    const comparison = await local.runStory(system, stream, signal);
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
    await local.writeEnvironmentFile(system);
    process.stdout.write(local.howTo(system));
    if (page) {
      process.stdout.write(`The same on the live page: ${page.url}\n`);
      page.admit(local.createVisitors(system));
    }
    const text = `${toVerdict(comparison)}: ${toCounts(comparison)}.`;
    stream.emit({ kind: 'phase', phase: 'open', text });
    signal.throwIfAborted();
    await once(signal, 'abort');
    return EXIT.done;
  } finally {
    if (signal.aborted) process.stderr.write('\nEnding everything…\n');
    const text = 'The run has ended. Start it again with npm start.';
    stream.emit({ kind: 'phase', phase: 'ended', text });
    await page?.close();
    await system.close();
  }
}

/** With --once only where a port is given: there is no time to open it otherwise. */
async function openPage(
  { startLivePage }: Pick<LocalModules, 'startLivePage'>,
  stream: EventStream,
  { once: isOnce, pagePort: port }: StartOptions,
): Promise<LivePage | undefined> {
  if (isOnce && port === undefined) return undefined;
  return startLivePage(stream, { port }).catch((cause: Error) => {
    throw new CommandError(`the live page cannot listen on port ${port}: ${cause.message}`, {
      cause,
    });
  });
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('it has to be a number from 0 to 65535.');
}

type LocalModules = Awaited<ReturnType<typeof loadLocalSystem>>;

/** The emulators are development dependencies, so they may be missing: `npm ci --omit=dev`. */
async function loadLocalSystem() {
  try {
    return {
      ...(await import('../local/events/event-stream.ts')),
      ...(await import('../local/events/observe-system.ts')),
      ...(await import('../local/live-page/live-page.ts')),
      ...(await import('../local/live-page/visitors.ts')),
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
  const { events, seconds } = result;
  const counts = `${toCounts(result)}, ${events} messages`;
  process.stdout.write(`\n${toVerdict(result)}: ${counts}, ${seconds} s.\n`);
  for (const difference of differences) process.stdout.write(`  ${difference}\n`);
}

function toVerdict({ inSync }: Pick<StoryComparison, 'inSync'>): string {
  return inSync ? 'In sync' : 'NOT in sync';
}

function toCounts(of: Omit<StoryComparison, 'differences'>): string {
  return `${of.cognitoUsers} Cognito users, ${of.workosUsers} WorkOS users, ${of.carriedPasswords} of them with the password of Cognito`;
}
