import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type BenchBundles, COMPARED, FUNCTIONS } from './bundles.ts';
import { functionEnvironment } from './environment.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** Milliseconds that requiring the bundle took. */
export type InitComparison = { name: string; ours: Spread; bare: Spread };

/** The first processes read the files from disk. */
const WARM_UP_PAIRS = 3;

/** What Lambda does when a function starts; the start of Node itself is not counted. */
const PROBE = `const from = performance.now();
require(process.argv[1]);
process.stdout.write(String(performance.now() - from));`;

const run = promisify(execFile);

/**
 * Starts a new Node process for each function and each bare handler, one at a time and alternately, so that
 * a busy moment of the machine affects both.
 *
 * Only the require counts. The consumer creates its SSM and WorkOS clients at the first event and the bare
 * handler at once, which favours the consumer by some hundredths.
 */
export async function measureColdInits(
  bundles: BenchBundles,
  options: { pairs: number; signal: AbortSignal },
): Promise<InitComparison[]> {
  const { pairs, signal } = options;
  const samples = FUNCTIONS.map((name) => ({
    name,
    ours: [] as number[],
    bare: [] as number[],
    oursFirst: [bundles.fileOf(name), bundles.fileOf(COMPARED[name])] as const,
  }));
  for (let pair = -WARM_UP_PAIRS; pair < pairs; pair++) {
    for (const { ours, bare, oursFirst } of samples) {
      const [file, bareFile] = oursFirst;
      const evenPair = pair % 2 === 0;
      const first = await coldInit(evenPair ? file : bareFile, signal);
      const second = await coldInit(evenPair ? bareFile : file, signal);
      if (pair < 0) continue;
      ours.push(evenPair ? first : second);
      bare.push(evenPair ? second : first);
    }
  }
  return samples.map(({ name, ours, bare }) => ({
    name,
    ours: spreadOf(ours),
    bare: spreadOf(bare),
  }));
}

async function coldInit(file: string, signal: AbortSignal): Promise<number> {
  const env = functionEnvironment();
  const { stdout } = await run(process.execPath, ['-e', PROBE, file], { env, signal });
  const milliseconds = Number(stdout);
  // A function without its configuration logs an error, and starts faster than it should.
  if (Number.isNaN(milliseconds)) throw new Error(`${file} did not start soundly: ${stdout}`);
  return milliseconds;
}
