import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStrictWorkos, WORKOS_LIMITS } from '../local/emulators/workos.ts';
import { poolUser, subOf } from '../test/fixtures/pool-users.ts';
import { startStrictCognito } from '../test/stand-ins/strict-cognito.ts';

/** One run of seed or verify over a pool. */
export type SeedRun = {
  name: string;
  users: number;
  seconds: number;
  requestsPerUser: number;
  /** Requests a user that no seed could save. */
  best: number;
  rateLimited: number;
  /** The peak memory of the process, in megabytes. */
  memory: number;
};

export type SeedMeasurements = {
  /** At `--rate 50`, WorkOS's limit, with its limits and 80 ms of latency. */
  atLimit: SeedRun & { usersPerSecond: number; limit: number };
  /** As fast as the machine allows: a WorkOS and a Cognito without latency and limits. */
  unlimited: SeedRun[];
};

const PROCESS = fileURLToPath(new URL('./command-process.ts', import.meta.url));
/** The options of Node in package.json. */
const HEAP = ['--max-old-space-size=160', '--max-semi-space-size=2'];
const WRITES_PER_SECOND = 50;
const USERS_AT_LIMIT = 1_000;
const LATENCY_MS = 80;
/** How many users a listing returns at once: a hundredth of a request each. */
const PAGE = 100;

/** Runs the command as its users do, in a process of its own, against stand-ins in this process. */
export async function measureSeed(options: {
  /** The size of the pool of the runs without limits. */
  users: number;
  signal: AbortSignal;
  onRun: (text: string) => void;
}): Promise<SeedMeasurements> {
  const { users, signal, onRun } = options;
  onRun(`seed: ${USERS_AT_LIMIT} users at WorkOS's limit`);
  const atLimit = await measureAtLimit(signal);

  const setting = await startSetting({ users, signal });
  try {
    const unlimited: SeedRun[] = [];
    for (const [name, changed] of [
      ['fresh', 0],
      ['unchanged', 0],
      ['1% changed', Math.floor(users / 100)],
    ] as const) {
      onRun(`seed: a pool of ${users} users, ${name}, without limits`);
      setting.change(changed);
      const best = name === 'fresh' ? 1 : (users / PAGE + 2 * changed) / users;
      unlimited.push({ name, best, ...(await setting.seed(['--rate', '100000'])) });
    }
    onRun(`verify: the same pool of ${users} users, in sync, without limits`);
    unlimited.push({ name: 'verify', best: 1 / PAGE, ...(await setting.verify()) });
    return { atLimit, unlimited };
  } finally {
    await setting.close();
  }
}

async function measureAtLimit(signal: AbortSignal): Promise<SeedMeasurements['atLimit']> {
  const workos = { limits: WORKOS_LIMITS, latencyMs: LATENCY_MS };
  const setting = await startSetting({ users: USERS_AT_LIMIT, workos, signal });
  try {
    const run = await setting.seed(['--rate', String(WRITES_PER_SECOND)]);
    const usersPerSecond = USERS_AT_LIMIT / run.seconds;
    return { name: 'fresh', best: 1, ...run, usersPerSecond, limit: WRITES_PER_SECOND };
  } finally {
    await setting.close();
  }
}

async function startSetting(options: {
  users: number;
  workos?: Parameters<typeof startStrictWorkos>[0];
  signal: AbortSignal;
}) {
  const { users, signal } = options;
  const cognito = await startStrictCognito({
    users: {
      count: users,
      record: (index) => poolUser(index),
      indexOf: (sub) => Number(sub.slice(-12)),
    },
  });
  const workos = await startStrictWorkos(options.workos);
  const directory = await mkdtemp(join(tmpdir(), 'cognito-workos-sync-bench-'));
  let changes = 0;
  // A million recorded requests would fill the memory of the stand-ins.
  const forget = setInterval(() => {
    workos.control.requests.length = 0;
    cognito.control.requests.length = 0;
  }, 200);

  return {
    /** Changes so many users in Cognito. */
    change(count: number): void {
      changes += 1;
      for (let index = 0; index < count; index++) {
        cognito.control.update(subOf(index * PAGE), {
          attributes: { family_name: `Change${changes}` },
        });
      }
    },
    seed: (args: string[]) => run('seed', ['--state', join(directory, 'state.sqlite'), ...args]),
    /** Throws unless the pool is in sync (exit code 0). */
    verify: () => run('verify', []),
    async close(): Promise<void> {
      clearInterval(forget);
      await cognito.close();
      await workos.close();
      await rm(directory, { recursive: true, force: true });
    },
  };

  async function run(script: string, args: string[]): Promise<Omit<SeedRun, 'name' | 'best'>> {
    const memoryFile = join(directory, 'memory');
    const pool = ['--user-pool-id', cognito.userPoolId, '--json'];
    const command = [...HEAP, PROCESS, memoryFile, script, ...pool, ...args];
    const child = spawn(process.execPath, command, {
      signal,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
        AWS_ACCESS_KEY_ID: 'bench',
        AWS_SECRET_ACCESS_KEY: 'bench',
        WORKOS_API_KEY: workos.apiKey,
        WORKOS_API_HOSTNAME: workos.hostname,
        WORKOS_API_PORT: String(workos.port),
        WORKOS_API_HTTPS: 'false',
      },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${script} ended with ${code}`);
    const { read, checked, seconds, requests } = JSON.parse(output);
    const users: number = read ?? checked;
    return {
      users,
      seconds,
      requestsPerUser: (requests.reads + requests.writes) / users,
      rateLimited: requests.rateLimited,
      memory: Number(await readFile(memoryFile, 'utf8')) / 1000,
    };
  }
}
