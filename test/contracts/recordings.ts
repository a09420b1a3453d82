import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checked, Checker } from './checker.ts';

/** What one test file, with the processes that it started, has exercised. */
export type Recording = {
  /** From the root of the repository. */
  file: string;
  /** By `service:operation`. */
  checked: [string, Checked][];
  /** Names of the departures from the descriptions that something rested on. */
  departures: string[];
};

/** Where the test files of this run leave their recordings. Set for the workers before they start. */
const VARIABLE = 'CONTRACT_RECORDINGS';

/** Vitest's global set-up: a folder for one run. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'contract-recordings-'));
  process.env[VARIABLE] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function folder(): string {
  const path = process.env[VARIABLE];
  if (path === undefined)
    throw new Error(`${VARIABLE} is not set: vitest.config.ts has a global set-up`);
  return path;
}

export function saveRecording(file: string, { checked, departures }: Checker): void {
  const recording: Recording = { file, checked: [...checked], departures: [...departures] };
  writeFileSync(join(folder(), `${randomUUID()}.json`), JSON.stringify(recording));
}

/** Those of the files that have ended so far. */
export function readRecordings(): Recording[] {
  return readdirSync(folder())
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder(), name), 'utf8')));
}
