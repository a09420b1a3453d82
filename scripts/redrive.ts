import { SQSClient } from '@aws-sdk/client-sqs';
import { Command, InvalidArgumentError } from 'commander';
import { createDeadLetterQueue } from '../src/redrive/dead-letter-queue.ts';
import { adviseOn } from '../src/redrive/dead-letter-reasons.ts';
import { parseQueueAddress, type QueueAddress } from '../src/redrive/queue-address.ts';
import { redrive } from '../src/redrive/redrive.ts';
import type { RedriveResult } from '../src/redrive/redrive-result.ts';
import { createReplayMessage } from '../src/redrive/replay-message.ts';
import { createRedriveDisplay } from './redrive/display.ts';
import type { RedriveCommandOptions } from './redrive/options.ts';
import { CommandError, EXIT, type Interruption, runCommand } from './shared/run.ts';

/** SQS answers in tens of milliseconds, a long poll after its second. */
const AWS_REQUEST = {
  connectionTimeout: 3_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};

await runCommand((interruption) => run(parseOptions(), interruption));

function parseOptions(): RedriveCommandOptions {
  return new Command('npm run redrive --')
    .description(
      'Lists the dead-letter queue by reason; with --replay, sends its messages to the sync queue again.',
    )
    .option('--replay', 'send those that a replay can help to the sync queue again')
    .option('--reason <reason>', 'replay those with this reason alone; can be given again', collect)
    .option(
      '--force',
      'replay the others too: they will only be moved to the dead-letter queue again',
    )
    .option('--limit <n>', 'list or replay no more than so many', parseLimit)
    .option('--queue-url <url>', 'the sync queue (default: SYNC_QUEUE_URL)')
    .option('--dlq-url <url>', 'the dead-letter queue (default: SYNC_DLQ_URL)')
    .option('--json', 'the result as one JSON object on stdout')
    .addHelpText(
      'after',
      `
Environment: SYNC_QUEUE_URL, SYNC_DLQ_URL, and AWS's own.
Exit code: 0 done, 1 some could not be sent or more are left than could be seen, 2 could not run,
130 stopped by Ctrl-C.`,
    )
    .exitOverride()
    .parse()
    .opts<RedriveCommandOptions>();
}

async function run(options: RedriveCommandOptions, { stop }: Interruption): Promise<number> {
  checkTogether(options);
  const deadLetterQueue = addressOf('--dlq-url', options.dlqUrl, 'SYNC_DLQ_URL');
  using reader = createClient(deadLetterQueue);
  const deadLetters = createDeadLetterQueue({ sqs: reader.sqs, queueUrl: deadLetterQueue.url });
  using writer = options.replay ? createWriter(options, deadLetterQueue) : undefined;
  const display = createRedriveDisplay(process.stderr);
  const result = await redrive({
    deadLetters,
    stop,
    ...(writer && {
      replay: { replayMessage: writer.replayMessage, isSelected: toFilter(options) },
    }),
    ...(options.limit !== undefined && { limit: options.limit }),
    onProgress: display.progress,
  }).finally(display.end);
  process.stdout.write(
    options.json ? `${JSON.stringify(result)}\n` : display.summary(result, options),
  );
  return toExit(result, stop, display.notice);
}

function toExit(result: RedriveResult, stop: AbortSignal, notice: (text: string) => void): number {
  if (result.stopped !== undefined) notice(`Stopped: ${result.stopped}`);
  if (result.notReleased !== undefined) {
    notice(`Not released, visible again within two minutes: ${result.notReleased}`);
  }
  if (stop.aborted) {
    notice('Stopped. Nothing is lost: run the same command again to go on.');
    return EXIT.interrupted;
  }
  const { failed, returned, unseen, inFlight, stopped, notReleased } = result;
  const isWhole = failed + returned + unseen + inFlight === 0;
  const isCalm = stopped === undefined && notReleased === undefined;
  return isWhole && isCalm ? EXIT.done : EXIT.attention;
}

function checkTogether({ replay, reason, force }: RedriveCommandOptions): void {
  if (replay) return;
  if (reason || force) {
    throw new CommandError('--reason and --force choose what to replay: give --replay too');
  }
}

/** A reason that is named is selected, whatever it is. */
function toFilter({ reason, force }: RedriveCommandOptions): (reason: string) => boolean {
  if (reason) return (each) => reason.includes(each);
  return (each) => force === true || adviseOn(each).replayable;
}

function createWriter(options: RedriveCommandOptions, deadLetterQueue: QueueAddress) {
  const queue = addressOf('--queue-url', options.queueUrl, 'SYNC_QUEUE_URL');
  if (new URL(queue.url).pathname === new URL(deadLetterQueue.url).pathname) {
    throw new CommandError(
      'the sync queue and the dead-letter queue are one and the same: check SYNC_QUEUE_URL and SYNC_DLQ_URL',
    );
  }
  const client = createClient(queue);
  return {
    ...client,
    replayMessage: createReplayMessage({ sqs: client.sqs, queueUrl: queue.url }),
  };
}

function addressOf(option: string, value: string | undefined, variable: string): QueueAddress {
  if (value !== undefined) return parseQueueAddress(option, value);
  return parseQueueAddress(variable, process.env[variable]);
}

/** SQS refuses a signature for another region than the queue's, so the URL's own comes first. */
function createClient({ region }: QueueAddress): Disposable & { sqs: SQSClient } {
  const sqs = new SQSClient({ requestHandler: AWS_REQUEST, ...(region && { region }) });
  return { sqs, [Symbol.dispose]: () => sqs.destroy() };
}

function collect(reason: string, others: string[] = []): string[] {
  return [...others, reason];
}

function parseLimit(value: string): number {
  const limit = Number(value);
  if (/^\d+$/.test(value) && limit > 0) return limit;
  throw new InvalidArgumentError('It has to be a whole number above 0.');
}
