import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as v from 'valibot';
import { LOCAL_CREDENTIALS, startQueue } from '../local/emulators/sqs.ts';
import { type BenchBundles, TRIGGERS, type TriggerFunction } from './bundles.ts';
import { functionEnvironment } from './environment.ts';
import { spreadOf } from './statistics.ts';
import type { TriggerSample, TriggerTask } from './trigger-time-process.ts';

/**
 * Milliseconds, medians; `own` is the median of how much longer each call took than the SendMessage beside
 * it.
 */
export type TriggerComparison = { name: TriggerFunction; ours: number; raw: number; own: number };

/** Pairs of calls before the measurement begins. */
export const WARM_UP_PAIRS = 200;

const samplesSchema = v.array(v.object({ ours: v.number(), raw: v.number() }));

const SOURCES = {
  postConfirmation: 'PostConfirmation_ConfirmSignUp',
  preAuthentication: 'PreAuthentication_Authentication',
} as const satisfies Record<TriggerFunction, string>;

/**
 * Measures each trigger in a process of its own, alternating with the plain SendMessage, against an SQS in
 * this process. Its log lines go through a pipe, written before the handler returns as on Lambda.
 */
export async function measureTriggerTimes(
  bundles: BenchBundles,
  options: { pairs: number; signal: AbortSignal },
): Promise<TriggerComparison[]> {
  const comparisons: TriggerComparison[] = [];
  for (const name of TRIGGERS) {
    const samples = await measureTrigger(bundles, name, options);
    const measured = samples.slice(WARM_UP_PAIRS);
    comparisons.push({
      name,
      ours: spreadOf(measured.map(({ ours }) => ours)).median,
      raw: spreadOf(measured.map(({ raw }) => raw)).median,
      own: spreadOf(measured.map(({ ours, raw }) => ours - raw)).median,
    });
  }
  return comparisons;
}

async function measureTrigger(
  bundles: BenchBundles,
  name: TriggerFunction,
  { pairs, signal }: { pairs: number; signal: AbortSignal },
): Promise<TriggerSample[]> {
  let sent = 0;
  const queue = await startQueue({ onSend: () => sent++ });
  try {
    const env = functionEnvironment({
      AWS_ENDPOINT_URL_SQS: queue.endpoint,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      SYNC_QUEUE_URL: queue.queueUrl,
    });
    const total = WARM_UP_PAIRS + pairs;
    const samples = await runTask(env, signal, {
      handlerFile: bundles.fileOf(name),
      senderFile: bundles.fileOf('bareSender'),
      triggerSource: SOURCES[name],
      queueUrl: queue.queueUrl,
      pairs: total,
    });
    // A lost publication would have been measured as a fast one.
    if (sent !== 2 * total) throw new Error(`${name}: ${sent} of ${2 * total} messages arrived`);
    return samples;
  } finally {
    await queue.close();
  }
}

async function runTask(env: NodeJS.ProcessEnv, signal: AbortSignal, task: TriggerTask) {
  const stdio: ['ignore', 'pipe', 'inherit', 'ipc'] = ['ignore', 'pipe', 'inherit', 'ipc'];
  const file = join(import.meta.dirname, 'trigger-time-process.ts');
  const child = fork(file, { env, signal, stdio, execArgv: [] });
  child.stdout?.resume();
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the trigger's process ended with ${code}`);
  });
  child.send(task);
  const [samples] = await Promise.race([once(child, 'message'), exited]);
  child.disconnect();
  await exited.catch(() => {});
  return v.parse(samplesSchema, samples);
}
