import { availableParallelism, cpus } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { formatAim, measurementsToAims } from './aims.ts';
import { bundleAll } from './bundles.ts';
import { measureBystanders } from './bystander.ts';
import { measureColdInits } from './cold-init.ts';
import { LATENCY_MS, measureThroughputs, WARM_UP_EVENTS } from './consumer-throughput.ts';
import { measureFloods } from './flood.ts';
import { measureDrains } from './outage.ts';
import { measurePatrol } from './patrol.ts';
import { type Measurements, measurementsToRows } from './rows.ts';
import { measureSeed } from './seed.ts';
import { measureSizes } from './size.ts';
import { formatTable } from './table.ts';
import { measureTriggerTimes, WARM_UP_PAIRS } from './trigger-time.ts';

type BenchOptions = {
  inits: number;
  sends: number;
  events: number;
  runs: number;
  attempts: number;
  seedUsers: number;
  patrolUsers: number;
  json?: true;
};

const EXIT_COULD_NOT_RUN = 2;
/** The exit code that shells give a command that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

const interruption = new AbortController();
// Only the first signal is handled: a second Ctrl-C ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interruption.abort());

process.exitCode = await main(interruption.signal);

async function main(signal: AbortSignal): Promise<number> {
  try {
    const options = parseOptions();
    report(await measureAll(options, signal), options);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_COULD_NOT_RUN;
    if (signal.aborted) return EXIT_INTERRUPTED;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`error: the bench could not run: ${message.replaceAll(/\s+/g, ' ')}\n`);
    return EXIT_COULD_NOT_RUN;
  }
}

function parseOptions(): BenchOptions {
  return new Command('npm run bench --')
    .description(
      'Measures the functions against what they cannot do without, as ratios in one run.',
    )
    .option('--inits <n>', 'cold starts of each function and its bare handler', count, 20)
    .option('--sends <n>', 'calls of each trigger and of the raw SendMessage', count, 500)
    .option('--events <n>', 'events of each kind for the consumer', count, 600)
    .option('--runs <n>', 'runs of the consumer with each kind', count, 1)
    .option('--attempts <n>', 'sign-in attempts on one name', count, 2_000)
    .option(
      '--seed-users <n>',
      'size of the pool the seed runs through without limits',
      count,
      20_000,
    )
    .option('--patrol-users <n>', 'size of the pool that the patrol lists', count, 30_000)
    .option('--json', 'the result as one JSON object on stdout')
    .addHelpText('after', '\nExit code: 0 measured, whatever the result, 2 it could not run.')
    .exitOverride()
    .parse()
    .opts<BenchOptions>();
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It has to be a whole number above 0.');
}

async function measureAll(options: BenchOptions, signal: AbortSignal): Promise<Measurements> {
  const progress = (text: string) => process.stderr.write(`${text}\n`);
  progress('bundling the functions and the bare handlers');
  const bundles = await bundleAll();
  try {
    const sizes = await measureSizes(bundles);
    progress(`cold init: ${options.inits} pairs of fresh processes for each function`);
    const inits = await measureColdInits(bundles, { pairs: options.inits, signal });
    progress(`triggers: ${options.sends} pairs of calls for each`);
    const triggers = await measureTriggerTimes(bundles, { pairs: options.sends, signal });
    const throughputs = await measureThroughputs({
      events: options.events,
      runs: options.runs,
      signal,
      onKind: ({ name }, ledger, run) =>
        progress(
          `consumer, run ${run} of ${options.runs}: ${options.events} ${name} users${ledger ? ', with the ledger' : ''}`,
        ),
    });
    progress(`flood: ${options.attempts} sign-in attempts on one name`);
    const floods = await measureFloods({ attempts: options.attempts, signal });
    progress('bystander: an application beside a draining backlog');
    const bystanders = await measureBystanders(signal);
    progress("outage: what follows an hour's, in simulated time");
    const drains = await measureDrains(signal);
    const seed = await measureSeed({ users: options.seedUsers, signal, onRun: progress });
    progress(`patrol: ${options.patrolUsers} users, then sign-ups beside a full round`);
    const patrol = await measurePatrol({ users: options.patrolUsers, signal });
    return { sizes, inits, triggers, throughputs, floods, bystanders, drains, seed, patrol };
  } finally {
    await bundles.remove();
  }
}

function report(measurements: Measurements, options: BenchOptions): void {
  const rows = measurementsToRows(measurements);
  const aims = measurementsToAims(measurements);
  const machine = {
    node: process.version,
    cpus: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
  };
  const { inits, sends, events, runs: consumerRuns, attempts, seedUsers, patrolUsers } = options;
  if (options.json) {
    const runs = { inits, sends, events, consumerRuns, attempts, seedUsers, patrolUsers };
    process.stdout.write(`${JSON.stringify({ ...machine, runs, ...measurements, aims })}\n`);
    return;
  }
  process.stdout.write(
    `Node ${machine.node}, ${machine.cpus} CPUs (${machine.cpu}). Ratios of medians within this run:
cold init ${inits} pairs of fresh processes, alternating; triggers ${sends} pairs of calls, alternating, after ${WARM_UP_PAIRS};
consumer ${consumerRuns} run(s) of ${events} events a kind (--runs), after ${WARM_UP_EVENTS}, on a WorkOS that answers in
${LATENCY_MS} ms with its real limits (SYNC_WORKOS_SHARE=1), its rate windows full from the start; outages in
simulated time, with the real queue settings; seed of ${options.seedUsers} users
(--seed-users 1000000 for a million: about half an hour), on stand-ins without latency or limits; patrol of
${options.patrolUsers} users at 30 ListUsers requests a second (--patrol-users 1000000: ten minutes).

${formatTable(
  ['measure', 'of', 'ours', 'against', 'ratio'],
  rows.map(({ measure, of, ours, against, ratio }) => [
    measure,
    of,
    ours,
    against,
    `×${ratio.toFixed(2)}`,
  ]),
  2,
)}
${aims.map((aim) => `${formatAim(aim)}\n`).join('')}`,
  );
}
