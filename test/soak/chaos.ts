import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../local/emulators/workos.ts';
import type { DynamodbFault } from '../stand-ins/dynamodb-proxy.ts';

/** Random failures of WorkOS, DynamoDB and the consumers, until `signal` fires. */
export type Chaos = {
  workosFault(): Fault | undefined;
  dynamodbFault(body: string): DynamodbFault | undefined;
  /** Makes outages of some seconds and kills consumers, until `signal` fires. */
  run(signal: AbortSignal): Promise<void>;
  counts: { outages: number; kills: number; workosFaults: number; dynamodbFaults: number };
};

export function createChaos(dependencies: {
  random: () => number;
  kill: () => Promise<boolean>;
  /** Every lease request fails, to show that the soak then fails. */
  withoutLeases: boolean;
}): Chaos {
  const { random, kill, withoutLeases } = dependencies;
  const counts = { outages: 0, kills: 0, workosFaults: 0, dynamodbFaults: 0 };
  let isRunning = false;
  let outage: (() => Fault) | undefined;

  function oneOf<T>(...choices: T[]): T {
    return choices[Math.floor(choices.length * random())] as T;
  }

  async function outages(signal: AbortSignal): Promise<void> {
    while (await pause(20, 40, signal)) {
      counts.outages++;
      outage = oneOf<() => Fault>(
        () => ({ kind: 'status', status: 500 }),
        () => ({ kind: 'reset' }),
        () => ({ kind: 'html', status: 502 }),
      );
      await pause(2, 5, signal);
      outage = undefined;
    }
  }

  async function kills(signal: AbortSignal): Promise<void> {
    while (await pause(5, 15, signal)) {
      while (!(await kill()) && (await pause(0.01, 0.02, signal)));
      counts.kills++;
    }
  }

  /** @returns false when `signal` has fired. */
  async function pause(from: number, to: number, signal: AbortSignal): Promise<boolean> {
    const milliseconds = 1_000 * (from + (to - from) * random());
    await delay(milliseconds, undefined, { signal }).catch(() => {});
    return !signal.aborted;
  }

  return {
    counts,
    workosFault() {
      if (!isRunning) return undefined;
      const what = random();
      if (!outage && what > 0.03) return undefined;
      counts.workosFaults++;
      if (outage) return outage();
      if (what < 0.01) return { kind: 'reset', afterApplying: true };
      if (what < 0.015) return { kind: 'garbage', afterApplying: true };
      if (what < 0.016) return { kind: 'hang' };
      return oneOf<Fault>({ kind: 'status', status: 503 }, { kind: 'reset' });
    },
    dynamodbFault(body) {
      if (withoutLeases && body.includes('lease#')) return 'error';
      if (!isRunning || random() > 0.02) return undefined;
      counts.dynamodbFaults++;
      return oneOf<DynamodbFault>('error', 'reset', 'lost_answer');
    },
    async run(signal) {
      isRunning = true;
      await Promise.all([outages(signal), kills(signal)]);
      isRunning = false;
      outage = undefined;
    },
  };
}
