import type { ServerlessConfig } from '../../local/emulators/lambda/serverless-config.ts';
import { createBatchConsumer } from '../../src/consumer/consume-batch.ts';
import { createRetry } from '../../src/consumer/retry.ts';
import type { LedgerMirror } from '../../src/ledger/ledger-mirror.ts';
import { encodeMessage } from '../../src/user/message.ts';
import { RetryableError } from '../../src/workos/users.ts';
import { observedUser } from '../fixtures/factories.ts';
import { noPasswords } from '../fixtures/no-passwords.ts';
import { createRandom } from '../fixtures/random.ts';
import { createSimulatedQueue, type SimulatedQueue } from './fifo-queue.ts';
import { createSimulatedTime, type SimulatedTime } from './time.ts';

export type OutageOptions = {
  users: number;
  /** Users sign up evenly over the whole outage. */
  outageSeconds: number;
  queue: ServerlessConfig['queue'];
  /** SYNC_WORKOS_SHARE */
  share?: number;
  consumers?: number;
  /** How long WorkOS takes to fail while it is down. Default 80 ms. */
  failsAfterMs?: number;
  /** The part of the users whose first request after the outage fails. Default 0. */
  alsoFailing?: number;
  /** The part of the requests after the outage that WorkOS answers with 429. Default 0. */
  rateLimited?: number;
  /** The consumer throws, instead of reporting, for as long as the outage lasts. Default false. */
  throws?: boolean;
  /** How long the simulation goes on after the outage. Default: until no user waits. */
  watchedSeconds?: number;
};

export type OutageResult = {
  /** Seconds from WorkOS's return until the user was mirrored. */
  lastWait: number;
  medianWait: number;
  /** Backlog ÷ rate, in seconds: the least that the last user can wait. */
  ideal: number;
  mirrored: number;
  waiting: number;
  deadLetters: number;
  expired: number;
  mostDeliveries: number;
  requestsDuringOutage: number;
};

const BEGIN = Date.UTC(2026, 0, 1);
const RETENTION_SECONDS = 14 * 86_400;
/** A new user takes a read and a write. WorkOS's limits, a second (docs, Rate limits). */
const REQUESTS_PER_SECOND = 100;
const WRITES_PER_SECOND = 50;
/** The margin of src/workos/rate-limiter.ts below its share, and its window. */
const MARGIN = 0.985;
const WINDOW_MS = 800;
const LATENCY_MS = 80;
/** Between two batches of one consumer: the time of Lambda and SQS. */
const INVOCATION_MS = 20;
/** The consumer's working time (src/consumer/consumer-handler.ts). */
const WORKING_MS = 55_000;
const LONG_POLL_MS = 20_000;
const RETRY_AFTER_SECONDS = 10;

/**
 * Runs the real consumer (`src/consumer`) on a model of SQS and a model of WorkOS, in simulated time: WorkOS is
 * down for a while, and users sign up during the outage.
 */
export async function simulateOutage(options: OutageOptions): Promise<OutageResult> {
  const { users, outageSeconds, share = 1, consumers = 4 } = options;
  const time = createSimulatedTime(BEGIN);
  const random = createRandom(20_260_101);
  const settings = { ...options.queue, retentionSeconds: RETENTION_SECONDS };
  const queue = createSimulatedQueue(time, settings);
  const returnsAt = BEGIN + outageSeconds * 1000;
  const workos = createWorkos({ ...options, time, random, share, consumers, returnsAt });

  async function signUps(): Promise<void> {
    for (let number = 0; number < users; number++) {
      await time.until(BEGIN + (number * outageSeconds * 1000) / users);
      const sub = `user-${number}`;
      queue.send(sub, encodeMessage(observedUser({ sub, username: sub })));
    }
  }

  async function consume(): Promise<void> {
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const consumeBatch = createBatchConsumer({
      toCarriedPassword: noPasswords,
      mirror: workos.mirrorOf(),
      profiles: { asOf: 'now', find: async ({ sub }) => observedUser({ sub, username: sub }) },
      findActive: async () => undefined,
      retry: createRetry({
        sqs: queue.sqs,
        queueUrl: 'simulation',
        log,
        clock: () => new Date(time.now()),
        random,
      }),
      deadLetter: async () => {
        throw new Error('the consumer has nothing to dead-letter here');
      },
      log,
      counters: { count() {}, observationAge() {} },
      clock: () => new Date(time.now()),
    });
    while (workos.mirrored.size < users) {
      const Records = queue.receive();
      if (Records.length === 0) {
        const wait = Math.min(queue.nextAt(), time.now() + LONG_POLL_MS);
        await time.until(Math.max(wait, time.now() + 1));
        continue;
      }
      await time.sleep(INVOCATION_MS);
      if (options.throws && time.now() < returnsAt) continue;
      const { batchItemFailures } = await consumeBatch({ Records }, new AbortController().signal);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const record of Records) if (!failed.has(record.messageId)) queue.remove(record);
    }
  }

  void signUps();
  for (let number = 0; number < consumers; number++) void consume();
  const { watchedSeconds = Number.POSITIVE_INFINITY } = options;
  await time.run(returnsAt + watchedSeconds * 1000);
  return toResult({ users, share, returnsAt, queue, ...workos });
}

function toResult(facts: {
  users: number;
  share: number;
  returnsAt: number;
  queue: SimulatedQueue;
  mirrored: Map<string, number>;
  requestsDuringOutage: () => number;
}): OutageResult {
  const { users, share, returnsAt, queue, mirrored } = facts;
  const waits = [...mirrored.values()].map((at) => (at - returnsAt) / 1000).sort((a, b) => a - b);
  return {
    lastWait: waits.at(-1) ?? Number.NaN,
    medianWait: waits[waits.length >> 1] ?? Number.NaN,
    ideal: users / (WRITES_PER_SECOND * share),
    mirrored: mirrored.size,
    waiting: queue.size(),
    deadLetters: queue.deadLetters,
    expired: queue.expired,
    mostDeliveries: queue.mostReceives,
    requestsDuringOutage: facts.requestsDuringOutage(),
  };
}

/** A WorkOS that fails until `returnsAt`, and mirrors that each keep to their part of its limits. */
function createWorkos(
  options: OutageOptions & {
    time: SimulatedTime;
    random: () => number;
    share: number;
    consumers: number;
    returnsAt: number;
  },
) {
  const { time, random, share, consumers, returnsAt } = options;
  const { failsAfterMs = LATENCY_MS, alsoFailing = 0, rateLimited = 0 } = options;
  const mirrored = new Map<string, number>();
  const hasFailedAgain = new Set<string>();
  let requestsDuringOutage = 0;

  async function answer(sub: string): Promise<void> {
    if (time.now() < returnsAt) {
      requestsDuringOutage++;
      await time.sleep(failsAfterMs);
      throw new RetryableError('down', { status: 503 });
    }
    await time.sleep(LATENCY_MS);
    if (random() < rateLimited) {
      const details = { status: 429, retryAfterSeconds: Math.ceil(RETRY_AFTER_SECONDS * random()) };
      throw new RetryableError('one too many', details);
    }
    if (!hasFailedAgain.has(sub)) {
      hasFailedAgain.add(sub);
      if (random() < alsoFailing) throw new RetryableError('fails again', { status: 500 });
    }
  }

  function mirrorOf(): LedgerMirror {
    const part = (MARGIN * share) / consumers;
    const requests = createStartLimiter(time, REQUESTS_PER_SECOND * part);
    const writes = createStartLimiter(time, WRITES_PER_SECOND * part);
    let deadline = 0;
    return {
      isOwed: () => false,
      async prepare() {
        deadline = time.now() + WORKING_MS;
      },
      async mirror({ sub }) {
        await requests(deadline);
        await answer(sub);
        await writes(deadline);
        await requests(deadline);
        await answer(sub);
        mirrored.set(sub, time.now());
        return { outcome: 'created', workosUserId: sub };
      },
      async noteRefusal() {},
      settleGone: async () => ({ outcome: 'skipped', reason: 'gone' }),
      async noteBan() {},
    };
  }
  return { mirrored, mirrorOf, requestsDuringOutage: () => requestsDuringOutage };
}

/** Lets `perSecond` requests start a second, in windows as src/workos/rate-limiter.ts counts them. */
function createStartLimiter(time: SimulatedTime, perSecond: number) {
  const atATime = Math.max(1, Math.floor((perSecond * WINDOW_MS) / 1000));
  const windowMs = (atATime * 1000) / perSecond;
  const starts: number[] = [];
  return async (deadline: number): Promise<void> => {
    const before = starts.length < atATime ? 0 : (starts.shift() ?? 0);
    const at = Math.max(time.now(), before + windowMs);
    starts.push(at);
    if (at > deadline) {
      await time.until(deadline);
      throw new RetryableError('no time left to ask WorkOS');
    }
    await time.until(at);
  };
}
