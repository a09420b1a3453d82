#!/usr/bin/env node
// Starts a command with the Node 24 that comes with the packages. This file itself is plain JavaScript, so
// that the Node that is there (20 or newer) can run it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The memory of these commands stays below 250 MB however large the pool is: a small heap, and a small young generation. */
const BULK_COMMANDS = ['seed', 'verify', 'reset-passwords'];
const BULK_FLAGS = ['--max-old-space-size=160', '--max-semi-space-size=2'];
const NEEDED_MAJOR = 24;

const args = process.argv.slice(2);
const node = findNode();
if (node === undefined) {
  process.stderr.write(
    `error: Node ${NEEDED_MAJOR} is missing from node_modules: run npm ci with install scripts allowed, or start this with Node ${NEEDED_MAJOR}\n`,
  );
  process.exitCode = 2;
} else {
  run(node);
}

/** The packaged Node 24; else the one that runs this, where it is new enough. */
function findNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  try {
    const packaged = createRequire(import.meta.url).resolve('node/package.json');
    const file = join(dirname(packaged), 'bin', name);
    if (existsSync(file)) return file;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
  const major = Number(process.versions.node.split('.')[0]);
  return major >= NEEDED_MAJOR ? process.execPath : undefined;
}

/** Ends as the command ends: with its exit code, or as a shell tells of a signal. */
function run(file) {
  const flags = BULK_COMMANDS.includes(args[0]) ? BULK_FLAGS : [];
  const program = fileURLToPath(new URL('../scripts/cws.ts', import.meta.url));
  const child = spawn(file, [...flags, program, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  if (args[0] === 'start') endWithParent(child);
  child.on('error', (error) => {
    process.stderr.write(`error: ${file} cannot be started (${error.message})\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

/** npm and npx die of a SIGTERM without passing it on: the local run and its servers must not outlive them. */
function endWithParent(child) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, 1_000).unref();
}
