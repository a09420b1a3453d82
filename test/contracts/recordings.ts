import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checked, Checker } from './checker.ts';

/** What the exchanges of one process have exercised. */
type Exercised = {
  /** By `service:operation`. */
  checked: [string, Checked][];
  /** Names of the departures from the descriptions that something rested on. */
  departures: string[];
};

/** `file`: of the test, from the root of the repository. */
export type Recording = Exercised & { file: string };
/** Of a process that the test started. */
export type ProcessRecording = Exercised & { violations: string[] };

/** Variable with the folder in which the test files of this run leave their recordings. */
const FOLDER = 'CONTRACT_RECORDINGS';
/** Variable with the folder in which the processes of one test file leave theirs. */
export const PROCESS_FOLDER = 'CONTRACT_PROCESS_RECORDINGS';

/** Vitest's global set-up: a folder for one run, set before the workers start. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'contract-recordings-'));
  process.env[FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function runFolder(): string {
  const path = process.env[FOLDER];
  if (path === undefined) throw new Error(`${FOLDER} is not set by the global set-up of Vitest`);
  return path;
}

/**
 * The variables of a process that has stand-ins of its own, such as `npm start`: its exchanges are checked as those of
 * the test are, and fail the test file that started it.
 */
export function observedProcess(): Record<string, string> {
  const folder = join(runFolder(), `of-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  process.env[PROCESS_FOLDER] = folder;
  const preload = new URL('observe-process.ts', import.meta.url).href;
  return { NODE_OPTIONS: `--import=${preload}`, [PROCESS_FOLDER]: folder };
}

/** Saves what a test file and its processes have exercised. @returns what its processes have violated. */
export function saveRecording(file: string, checker: Checker | undefined): string[] {
  const ofProcesses = readProcessRecordings();
  const recording: Recording = {
    file,
    checked: [...(checker?.checked ?? []), ...ofProcesses.flatMap((each) => each.checked)],
    departures: [...(checker?.departures ?? []), ...ofProcesses.flatMap((each) => each.departures)],
  };
  writeFileSync(join(runFolder(), `${randomUUID()}.json`), JSON.stringify(recording));
  return ofProcesses.flatMap(({ violations }) => violations);
}

function readProcessRecordings(): ProcessRecording[] {
  const folder = process.env[PROCESS_FOLDER];
  if (folder === undefined || !existsSync(folder)) return [];
  const recordings = readJsonFiles<ProcessRecording>(folder);
  rmSync(folder, { recursive: true });
  return recordings;
}

/** Those of the test files that have ended so far. */
export function readRecordings(): Recording[] {
  return readJsonFiles(runFolder());
}

function readJsonFiles<T>(folder: string): T[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}
