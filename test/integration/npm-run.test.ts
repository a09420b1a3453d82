import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const POOL = ['--user-pool-id', 'eu-central-1_Test0001'];

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'npm-run-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

type Ended = { code: unknown; stdout: string; stderr: string };

/** The real npm, with a home of its own: nothing of this machine's configuration. */
function npm(args: string[], env: Record<string, string> = {}, program = 'npm'): Promise<Ended> {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { cwd: ROOT, env: { PATH, NODE_COMPILE_CACHE, HOME: home, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });
}

function lastLine({ stderr }: Ended): string | undefined {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('error: '))
    .at(-1);
}

describe('npm run', () => {
  it.each([
    ['seed', ['--dry-run'], POOL, '--dry-run'],
    ['seed', ['--json'], POOL, '--json'],
    ['seed', ['--report', 'seed.jsonl'], POOL, '--report …'],
    ['seed', ['--state=x.sqlite', '--rate', '3'], POOL, '--rate … --state …'],
    ['verify', ['--fix'], POOL, '--fix'],
    ['redrive', ['--force'], ['--replay'], '--force'],
    ['reset-passwords', ['--limit', '5'], [...POOL, '--send', '--all'], '--limit …'],
    ['oauth-clients', ['--no-count'], POOL, '--no-count'],
    ['start', ['--once'], [], '--once'],
  ])('%s does not start when npm has swallowed %j', async (name, before, after, options) => {
    const ended = await npm(['run', name, ...before, '--', ...after]);
    expect(ended.code).toBe(2);
    expect(lastLine(ended)).toBe(
      `error: npm took ${options} for itself, so that ${name} did not get it. Write: npx cws ${name} ${options} … (or: npm run ${name} -- ${options} …)`,
    );
  });

  it('reset-passwords does not send when npm has dropped --only, which leaves no trace', async () => {
    const ended = await npm(['run', 'reset-passwords', '--only', 'x', '--', ...POOL, '--send']);
    expect(ended.code).toBe(2);
    expect(lastLine(ended)).toMatch(/^error: --send needs --only FILE, --limit N or --all/);
  });

  it.each([
    ['an .npmrc', 'json = true\nforce=true\n', {}],
    ['the environment', '', { NPM_CONFIG_JSON: 'true', NPM_CONFIG_FORCE: 'true' }],
  ])("starts when npm's own options of the same names are set in %s", async (_case, text, env) => {
    await writeFile(join(home, '.npmrc'), text);
    const ended = await npm(['run', 'redrive', '--', '--no-such-option'], env);
    expect(lastLine(ended)).toBe("error: unknown option '--no-such-option'");
    await writeFile(join(home, '.npmrc'), '');
  });

  it('passes on what stands behind --', async () => {
    const ended = await npm(['run', 'seed', '--', '--help']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('--dry-run');
  });
});

it('npx cws starts a command of this package, options and all', async () => {
  const ended = await npm(['--offline', 'cws', 'redrive', '--limit', '0'], {}, 'npx');
  expect(ended.code).toBe(2);
  expect(lastLine(ended)).toMatch(/'--limit <n>' argument '0' is invalid/);
});
