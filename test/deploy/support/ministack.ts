import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparePython } from './python.ts';

/**
 * An emulated AWS on this machine (MiniStack, made stricter by strict_ministack.py). Its functions run on this
 * Node, with the permissions of their roles.
 */
export type Ministack = {
  endpoint: string;
  region: string;
  /** What an AWS SDK, CLI or deployment needs to work with it. */
  env: Record<string, string>;
  /** Everything it and the functions have written. */
  log(): string;
  close(): Promise<void>;
};

const PROGRAM = fileURLToPath(new URL('../emulator/strict_ministack.py', import.meta.url));
const REGION = 'eu-central-1';
/** The root user's credentials, which every permission check allows. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const LONGEST_START_MS = 60_000;

export async function startMinistack(): Promise<Ministack> {
  const { python } = await preparePython();
  const port = await findFreePort();
  const home = await mkdtemp(join(tmpdir(), 'ministack-'));
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const child = spawn(python, [PROGRAM], {
    // A process group of its own, with the functions in it. It ends when its standard input closes.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: path,
      HOME: home,
      TMPDIR: home,
      BIND_HOST: '127.0.0.1',
      // An address, because the SDK then asks S3 by path, not by the bucket's own host name.
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_REGION: REGION,
      GATEWAY_PORT: String(port),
      AUTH: 'true',
      ...CREDENTIALS,
    },
  });
  const log = collectLog(child);
  const close = async () => {
    await end(child);
    await rm(home, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntilHealthy(endpoint, child, log).catch(async (error) => {
    await close();
    throw error;
  });
  const env = { ...CREDENTIALS, AWS_ENDPOINT_URL: endpoint, AWS_REGION: REGION };
  return { endpoint, region: REGION, env: { ...env, PATH: path, HOME: home }, log, close };
}

function collectLog(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  }
  return () => text;
}

async function waitUntilHealthy(endpoint: string, child: ChildProcess, log: () => string) {
  const end = Date.now() + LONGEST_START_MS;
  while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`MiniStack did not start:\n${log()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, 'close');
  process.kill(-child.pid, 'SIGKILL');
  await closed;
}

/** MiniStack ends with a message if another process takes the port in between. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
