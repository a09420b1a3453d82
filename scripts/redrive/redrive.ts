import { SQSClient } from '@aws-sdk/client-sqs';
import { createDeadLetterQueue } from '../../src/redrive/dead-letter-queue.ts';
import { adviseOn } from '../../src/redrive/dead-letter-reasons.ts';
import { openDiscardFile } from '../../src/redrive/discard-file.ts';
import { parseQueueAddress, type QueueAddress } from '../../src/redrive/queue-address.ts';
import { redrive } from '../../src/redrive/redrive.ts';
import type { RedriveResult } from '../../src/redrive/redrive-result.ts';
import { createReplayMessage } from '../../src/redrive/replay-message.ts';
import { showQueueBanner } from '../shared/banner.ts';
import { createProgress } from '../shared/progress.ts';
import { toList, writeResult } from '../shared/result.ts';
import { CommandError, EXIT, type Interruption } from '../shared/run.ts';
import { confirmDiscard } from './confirm-discard.ts';
import type { RedriveCommandOptions } from './redrive-options.ts';
import { resultToText } from './text.ts';

/** SQS answers in tens of milliseconds, a long poll after its second. */
const AWS_REQUEST = {
  connectionTimeout: 3_000,
  requestTimeout: 7_000,
  throwOnRequestTimeout: true,
};

/** `cws redrive`: from its options to its exit code. */
export async function runRedrive(
  options: RedriveCommandOptions,
  { stop }: Interruption,
): Promise<number> {
  checkTogether(options);
  const deadLetterQueue = addressOf('--dlq-url', options.dlqUrl, 'SYNC_DLQ_URL');
  using reader = createClient(deadLetterQueue);
  const deadLetters = createDeadLetterQueue({ sqs: reader.sqs, queueUrl: deadLetterQueue.url });
  const filter = toFilter(options);
  await using file =
    options.discard === undefined ? undefined : await openDiscardFile(options.discard);
  using writer = options.replay ? createWriter(options, deadLetterQueue) : undefined;
  if (writer || options.discard !== undefined) {
    await showQueueBanner({ deadLetterQueue, ...(writer && { queueUrl: writer.queueUrl }) });
  }
  const isSelected = file
    ? await confirmDiscard({ ...options, deadLetters, isSelected: filter, stop })
    : filter;
  if (!isSelected) return EXIT.interrupted;
  const display = createProgress(process.stderr);
  const result = await redrive({
    deadLetters,
    stop,
    ...(writer && { replay: { replayMessage: writer.replayMessage, isSelected } }),
    ...(file && { discard: { file, isSelected } }),
    ...(options.limit !== undefined && { limit: options.limit }),
    onProgress: (done, total) =>
      display.show({ phase: 'reading', done, total, unit: 'dead-lettered messages' }),
  }).finally(display.end);
  const exit = toExit(result, stop, display.notice);
  if (options.json) {
    const { problems, messages, ...counts } = result;
    const head = { command: 'redrive', userPoolId: options.userPoolId ?? null, exit };
    const body = { ...counts, problems: toList(problems), messages: toList(messages) };
    await writeResult(process.stdout, head, body);
  } else {
    process.stdout.write(resultToText(result, options));
  }
  return exit;
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
  const isEverythingDone = failed + returned + unseen + inFlight === 0;
  const isUntroubled = stopped === undefined && notReleased === undefined;
  return isEverythingDone && isUntroubled ? EXIT.done : EXIT.attention;
}

function checkTogether({ replay, discard, reason, force, yes }: RedriveCommandOptions): void {
  if (yes && discard === undefined) {
    throw new CommandError('--yes is only for --discard: give --discard FILE too');
  }
  if (force && !replay) throw new CommandError('--force is only for --replay: give --replay too');
  if (reason && !replay && discard === undefined) {
    throw new CommandError(
      '--reason is only for --replay and --discard: give --replay too, or --discard FILE',
    );
  }
}

/**
 * Whether messages with this reason are replayed or discarded: those of --reason; else those that a retry can help
 * (all with --force), or those that none ever can.
 */
function toFilter(options: RedriveCommandOptions): (reason: string) => boolean {
  const { discard, reason, force } = options;
  if (reason) return (each) => reason.includes(each);
  if (discard !== undefined) return (each) => adviseOn(each).discardable;
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
    queueUrl: queue.url,
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
