import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observedProcess } from '../contracts/recordings.ts';
import { curlCommands, sendCurl, userInWorkos } from '../rigs/printed-curl.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The whole system, started once for all the tests here. */
let system: ChildProcess;
let printed = '';
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-commands-'));
  system = spawn(process.execPath, ['scripts/cws.ts', 'start'], {
    cwd: ROOT,
    env: { ...process.env, ...observedProcess(), TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(system, 'close');
  system.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  while (!printed.includes('What WorkOS has')) {
    const next = await Promise.race([once(system.stdout ?? system, 'data'), ended]);
    if (system.exitCode !== null) throw new Error(`npm start ended: ${String(next)}`);
  }
}, 120_000);

afterAll(async () => {
  if (system.exitCode === null) system.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
}, 30_000);

/** The printed lines that begin with `npx cws`, by the name of their command. */
function lineOf(command: string): string {
  const line = printed.split('\n').find((each) => each.startsWith(`  npx cws ${command}`));
  if (line === undefined) throw new Error(`npm start does not print ${command}`);
  return line.trim();
}

/** Pastes lines into a shell of somebody who uses AWS, after those that are printed above them. */
async function paste(
  ...lines: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const before = printed.split('\n').filter((line) => /^ {2}(cd|source) /.test(line));
  expect(before).toHaveLength(2);
  const script = [...before, ...lines].join('\n');
  const env = { ...process.env, AWS_PROFILE: 'no-such-profile', AWS_REGION: 'eu-west-1' };
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd: '/', env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

const PATIENCE = { timeout: 180_000 };

describe('every command that npm start prints works as it is', () => {
  test('curl signs a user up and in, who arrives in WorkOS', PATIENCE, async () => {
    const commands = curlCommands(printed);
    const [signUp, confirm, signIn] = commands;
    for (const command of [signUp, confirm, signIn]) {
      expect((await sendCurl(command)).status).toBe(200);
    }
    expect(await userInWorkos(commands.at(-1), 'margaret@example.com')).toMatchObject({
      email: 'margaret@example.com',
      first_name: 'Margaret',
      email_verified: true,
    });
  });

  test('init proposes a file for the local pool', PATIENCE, async () => {
    const { code, stdout, stderr } = await paste(lineOf('init'));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^userPoolId: us-east-1_\w+$/m);
    expect(stderr).toContain('Ready to deploy');
  });

  test('assess asks the local pool all that it wants to know', PATIENCE, async () => {
    const { code, stdout } = await paste(`${lineOf('assess')} --json`);
    expect(code).toBe(1);
    const result = JSON.parse(stdout);
    for (const part of ['pool', 'mfa', 'appClients', 'groups', 'providers', 'workosUsers']) {
      expect(result[part]).toMatchObject({ known: true });
    }
    expect(result).toMatchObject({ verdict: 'look', forecast: { seed: { created: 0 } } });
    expect(result.users.total).toBeGreaterThan(0);
  });

  test('preflight finds nothing that has failed or is unknown', PATIENCE, async () => {
    const { code, stdout } = await paste(`${lineOf('preflight')} --json`);
    expect(code).toBe(0);
    const { checks } = JSON.parse(stdout);
    expect(checks.items.filter(({ status }: { status: string }) => status !== 'ok')).toEqual([]);
  });

  test(
    'triggers shows the attached functions, and can detach and attach them',
    PATIENCE,
    async () => {
      const line = lineOf('triggers');
      const shown = await paste(line);
      expect(shown).toMatchObject({ code: 0 });
      expect(shown.stdout).toContain('Every trigger is attached.');
      expect(await paste(`${line} --detach`)).toMatchObject({ code: 0 });
      expect((await paste(line)).code).toBe(1);
      expect(await paste(`${line} --attach`)).toMatchObject({ code: 0 });
      expect(await paste(line)).toMatchObject({ code: 0 });
    },
  );

  test('seed finds everybody in WorkOS, and leaves no file behind', PATIENCE, async () => {
    const stateFiles = async () => (await readdir(ROOT)).filter((name) => name.includes('.sqlite'));
    const before = await stateFiles();
    const { code, stdout } = await paste(`${lineOf('seed')} --json`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ created: 0, failed: 0, requests: { writes: 0 } });
    expect(await stateFiles()).toEqual(before);
  });

  test('seed --in-aws has the local stack do it, and asks for no file', PATIENCE, async () => {
    const line = printed.split('\n').find((each) => each.endsWith(' --in-aws')) ?? '';
    const { code, stdout, stderr } = await paste(`${line.trim()} --json`);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ inAws: true, how: 'started', end: 'finished' });
  });

  test('verify says that both sides agree', PATIENCE, async () => {
    const { code, stdout } = await paste(`${lineOf('verify')} --json`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ inSync: true });
  });

  test('explain shows that two profiles of Grace are one person', PATIENCE, async () => {
    const { code, stdout } = await paste(`${lineOf('explain')} --json`);
    expect(code).toBe(0);
    const { explanations } = JSON.parse(stdout);
    expect(explanations).toMatchObject({
      count: 2,
      items: [
        {
          inShort: { situation: 'in_sync' },
          deadLetters: { known: true },
          ledger: { known: true },
        },
        { inShort: { situation: 'second_profile' } },
      ],
    });
  });

  test('oauth-clients lists the providers of the pool', PATIENCE, async () => {
    const { code, stdout } = await paste(`${lineOf('oauth-clients')} --json`);
    expect(code).toBe(0);
    const names = JSON.parse(stdout).providers.items.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['Google', 'Facebook']);
    expect(stdout).not.toContain('demo-secret');
  });

  test('password-key prints a key for the application', PATIENCE, async () => {
    const { code, stdout } = await paste(lineOf('password-key'));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kty: 'RSA', alg: 'RSA-OAEP-256' });
  });

  test('reset-passwords plans its mails and sends none', PATIENCE, async () => {
    const { code, stdout } = await paste(`${lineOf('reset-passwords')} --json`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ sent: 0 });
  });

  test(
    'redrive lists the message that the printed curl brings, and discards it',
    PATIENCE,
    async () => {
      const curl = /A message that cannot be read[^\n]*\n\n(.*?)\n\n/s.exec(printed)?.[1] ?? '';
      expect(await paste(curl)).toMatchObject({ code: 0 });
      const list = async () => JSON.parse((await paste(`${lineOf('redrive')} --json`)).stdout);
      await expect
        .poll(list, { timeout: 30_000 })
        .toMatchObject({ deadLetters: 1, byReason: { malformed_message: { count: 1 } } });
      const file = join(directory, 'discarded.jsonl');
      const ended = await paste(`${lineOf('redrive')} --json --discard ${file}`);
      expect(JSON.parse(ended.stdout)).toMatchObject({ discarded: 1 });
      expect(await readFile(file, 'utf8')).toContain('not a message');
    },
  );

  test('the file with the environment is readable for its owner alone', async () => {
    expect((await stat(join(ROOT, 'local-run', 'env.sh'))).mode & 0o777).toBe(0o600);
  });
});

// The last one, because it ends the system.
test('npm start ends with 0 at Ctrl-C, and removes its files', PATIENCE, async () => {
  const look = curlCommands(printed).at(-1);
  const ended = once(system, 'close');
  system.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
  await expect(sendCurl(look)).rejects.toThrow();
  expect(await readdir(directory)).toEqual(['discarded.jsonl']);
});
