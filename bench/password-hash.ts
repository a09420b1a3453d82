import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HashReport } from './password-hash-process.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** `wall`: of one hash, or of `atOnce` hashes at once, with the function's share of a CPU. */
export type HashMeasurement = {
  name: string;
  atOnce: number;
  wall: Spread;
  /** CPU time of one hash. */
  cpuMs: number;
  /** The most memory of the process, in megabytes. */
  memory: number;
};

const PROCESS = fileURLToPath(new URL('./password-hash-process.ts', import.meta.url));

/** Lambda gives one whole CPU at 1,769 MB, and in proportion below (developer guide, "Memory and computing power"). */
const SHARE = 512 / 1_769;
/** The quota is given anew in periods of this length, as the kernel's CFS does it for Lambda. */
const PERIOD_MS = 20;

const CASES = [
  { name: 'ours', atOnce: 1 },
  { name: 'ours', atOnce: 10 },
  { name: 'pbkdf2, sha512, 210,000', atOnce: 1 },
  { name: "scrypt of the guide's example", atOnce: 1 },
  { name: 'argon2id, 19 MiB, t=2', atOnce: 1 },
];

/**
 * Hashes in a process that is stopped and continued (SIGSTOP, SIGCONT) so that it runs for 512/1,769 of the
 * time, with one thread for the work: what a Lambda of 512 MB has. A laptop's CPU is not Lambda's: read the
 * ratios.
 */
export async function measurePasswordHashes(options: {
  hashes: number;
  signal: AbortSignal;
}): Promise<HashMeasurement[]> {
  const measured: HashMeasurement[] = [];
  for (const each of CASES) {
    const { wallMs, cpuMs, maxRssKb } = await measure(each, options);
    measured.push({ ...each, wall: spreadOf(wallMs), cpuMs, memory: maxRssKb / 1_000 });
  }
  return measured;
}

async function measure(
  { name, atOnce }: (typeof CASES)[number],
  { hashes, signal }: { hashes: number; signal: AbortSignal },
): Promise<HashReport> {
  const count = String(Math.ceil(hashes / atOnce) * atOnce);
  const child = fork(PROCESS, [name, count, String(atOnce)], {
    signal,
    // One thread, on one CPU at most: more would run side by side here, and not in Lambda.
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  await once(child, 'message', { signal });
  const stopThrottling = throttle(child);
  child.send('begin');
  try {
    const [report] = await once(child, 'message', { signal });
    return report;
  } finally {
    stopThrottling();
  }
}

/** Lets the child run for its share of each period. */
function throttle(child: ChildProcess): () => void {
  let timer: NodeJS.Timeout;
  const run = () => {
    child.kill('SIGCONT');
    timer = setTimeout(stop, PERIOD_MS * SHARE);
  };
  const stop = () => {
    child.kill('SIGSTOP');
    timer = setTimeout(run, PERIOD_MS * (1 - SHARE));
  };
  run();
  return () => {
    clearTimeout(timer);
    child.kill('SIGCONT');
  };
}
