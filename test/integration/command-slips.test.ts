import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { INJECTED_ANSWER } from '../../local/emulators/injected-answer.ts';
import { poolUser } from '../fixtures/pool-users.ts';
import { toEnvironment } from '../rigs/command-run.ts';
import { expectOneErrorLine } from '../rigs/one-error-line.ts';
import { type ResetSetting, startResetSetting } from '../rigs/reset-run.ts';
import { type LocalServer, startLocalServer } from '../stand-ins/local-server.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/cws.js', import.meta.url));

let setting: ResetSetting;
beforeEach(async () => {
  setting = await startResetSetting();
});
afterEach(() => setting.close());

/** A shell command in the directory of the setting, with npm there. */
function shell(command: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const { directory } = setting;
  const env = { ...toEnvironment(setting), HOME: directory, CWS: LAUNCHER };
  return new Promise((resolve) => {
    execFile('sh', ['-c', command], { cwd: directory, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const scripts = (entries: Record<string, string>) =>
  writeFile(join(setting.directory, 'package.json'), JSON.stringify({ scripts: entries }));
const pool = () => `--user-pool-id ${setting.cognito.userPoolId}`;

describe('a slip at the shell', () => {
  test.each(['--report', '--state'])(
    'seed does not write when %s takes --dry-run for its value, because a variable is empty',
    async (option) => {
      setting.cognito.control.put(poolUser(1));
      const ended = await setting.runOther('seed', [option, '--dry-run']);
      expectOneErrorLine(
        ended,
        new RegExp(`^error: option '${option} .*argument '--dry-run' is invalid`),
      );
      expect(setting.workos.control.countRequests().writes).toBe(0);
    },
  );

  test("seed does not write when npm has swallowed --dry-run before a script of the owner's own", async () => {
    setting.cognito.control.put(poolUser(1));
    await scripts({ 'seed:prod': `node "$CWS" seed ${pool()}` });
    const ended = await shell('npm run seed:prod --dry-run');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('npm took --dry-run for itself');
    expect(setting.workos.control.users()).toEqual([]);
  });

  test('reset-passwords asks, however few they are, when npm may have dropped --only=FILE', async () => {
    for (let n = 0; n < 3; n++) setting.both(n);
    await writeFile(join(setting.directory, 'team.txt'), 'user-2@example.com\n');
    await scripts({ 'reset-passwords': `node "$CWS" reset-passwords ${pool()}` });
    const ended = await shell('npm run reset-passwords --only=team.txt -- --limit 2 --send');
    expect(setting.mailed()).toEqual([]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('give --yes if that is meant');
    const named = await shell('npm run reset-passwords -- --only team.txt --send');
    expect(named.code).toBe(0);
    expect(setting.mailed()).toHaveLength(1);
  });

  test.each(['constructor', 'toString', '__proto__'])('%s is an unknown command', async (name) => {
    const ended = await shell(`node "$CWS" ${name}`);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toBe(`error: unknown command '${name}'\n`);
  });

  test('seed takes an empty AWS_REGION for none', async () => {
    const ended = await setting.runOther('seed', ['--dry-run', '--json'], { AWS_REGION: '' });
    expect(ended.code).toBe(0);
  });

  test('a stage file with an alias of nothing is refused in one line', async () => {
    await mkdir(join(setting.directory, 'config'));
    await writeFile(join(setting.directory, 'config/prod.yml'), 'userPoolId: *pool\n');
    const ended = await shell('node "$CWS" seed --stage prod');
    expect(ended.stderr).toMatch(/^error: config\/prod\.yml is not YAML: Unresolved alias.*\n$/);
  });
});

describe('the files of a command', () => {
  test.each(['/dev/stdout', 'out.json'])(
    'the report %s does not take the place of the file that the result goes to',
    async (report) => {
      setting.both(1);
      const command = `reset-passwords ${pool()} --send --all --json --report ${report}`;
      const ended = await shell(`node "$CWS" ${command} > out.json`);
      expectOneErrorLine(ended, /--report cannot be written.*out\.json.*give another file/);
      expect(setting.mailed()).toEqual([]);
    },
  );

  test('a report does not take the place of a state file that is named through a link of its folder', async () => {
    setting.both(1);
    await symlink('.', join(setting.directory, 'here'));
    const files = ['--state', 'here/log.sqlite', '--report', 'log.sqlite'];
    const ended = await setting.run(['--send', '--all', ...files]);
    expectOneErrorLine(ended, /--report and --state name the same file/);
    expect(setting.mailed()).toEqual([]);
  });
});

describe('a stage file that names the pool and no region', () => {
  let cloudFormation: LocalServer;
  let regions: (string | undefined)[];
  beforeEach(async () => {
    regions = [];
    cloudFormation = await startLocalServer(async (request, response) => {
      const { authorization = '' } = request.headers;
      regions.push(/Credential=[^/]+\/\d+\/([^/]+)\//.exec(authorization)?.[1]);
      response.writeHead(400, { [INJECTED_ANSWER]: 'no body' }).end();
    });
    await mkdir(join(setting.directory, 'config'));
    const { userPoolId } = setting.cognito;
    await writeFile(join(setting.directory, 'config/prod.yml'), `userPoolId: ${userPoolId}\n`);
  });
  afterEach(() => cloudFormation.close());

  test.each([[{}], [{ AWS_REGION: 'us-east-1' }]])(
    "the stack is looked up beside the pool, with %j: another region's has other queues",
    async (env) => {
      const { endpoint } = cloudFormation;
      const where = { ...env, AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint };
      await setting.runOther('seed', ['--stage', 'prod', '--dry-run'], where);
      expect(new Set(regions)).toEqual(new Set(['eu-central-1']));
    },
  );
});
