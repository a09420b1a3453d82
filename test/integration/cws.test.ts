import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../scripts/program.ts';
import { poolUser } from '../fixtures/pool-users.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/cws.js', import.meta.url));

let setting: CommandSetting;
beforeAll(async () => {
  setting = await startCommandSetting();
});
afterAll(() => setting.close());

/** The launcher as a process, between the strict Cognito and the strict WorkOS. */
function launch(args: string[]) {
  const { cognito, workos, directory } = setting;
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd: directory,
    env: {
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      WORKOS_API_KEY: workos.apiKey,
      WORKOS_API_HOSTNAME: workos.hostname,
      WORKOS_API_PORT: String(workos.port),
      WORKOS_API_HTTPS: 'false',
    },
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return { child, ended: once(child, 'close').then(([code]) => ({ code, stderr })) };
}

describe('bin/cws.js', () => {
  it("ends with the command's exit code", async () => {
    const { code, stderr } = await launch(['sed']).ended;
    expect(code).toBe(2);
    expect(stderr).toBe("error: unknown command 'sed' (Did you mean seed?)\n");
  });

  it.each([
    ['seed', '--report', '<file>', '--dry-run'],
    ['verify', '--csv', '<file>', '--fix'],
    ['reset-passwords', '--only', '<file>', '--send'],
    ['redrive', '--reason', '<reason>', '--replay'],
  ])('refuses to take an option for the value of another: %s %s', async (...slip) => {
    const [command, option, placeholder, swallowed] = slip;
    const program = await createProgram(command);
    const texts: string[] = [];
    for (const each of program.commands) each.configureOutput({ writeErr: (t) => texts.push(t) });
    const parsed = program.parseAsync([command, option, swallowed], { from: 'user' });
    await expect(parsed).rejects.toThrow('argument');
    expect(texts.join('')).toBe(
      `error: option '${option} ${placeholder}' argument '${swallowed}' is invalid. It looks like an option: the value is missing (is a variable of the shell empty?).\n`,
    );
  });

  it('stops the command in good order when one Ctrl-C arrives three times', async () => {
    for (let n = 0; n < 500; n++) setting.cognito.control.put(poolUser(n));
    const { cognito } = setting;
    const { child, ended } = launch(['seed', '--user-pool-id', cognito.userPoolId, '--rate', '20']);
    while (setting.workos.control.users().length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (let signal = 0; signal < 3; signal++) child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Run the same command again to go on.');
  });
});

describe('cws completion', () => {
  const completion = async (shell: string) => {
    const written: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = (chunk) => written.push(String(chunk)) > 0;
    const program = await createProgram(undefined);
    await program.parseAsync(['completion', shell], { from: 'user' });
    process.stdout.write = write;
    return { script: written.join(''), program };
  };

  it.each(['bash', 'zsh', 'fish'])('%s: has every command with every option', async (shell) => {
    const { script, program } = await completion(shell);
    for (const command of program.commands) {
      expect(script).toContain(command.name());
      for (const { long } of command.options) {
        expect(script).toContain(shell === 'fish' ? ` -l ${long?.slice(2)} ` : long);
      }
    }
  });

  it.each([
    [['cws', 'reset-p'], ['reset-passwords']],
    [
      ['cws', 'verify', '--re'],
      ['--recreate', '--retag', '--report'],
    ],
    [['cws', 'verify', '--report', ''], []],
    [['cws', 'completion', 'f'], ['fish']],
  ])('bash: %j is completed to %j', async (words, expected) => {
    const { script } = await completion('bash');
    const line = words.map((word) => `'${word}'`).join(' ');
    const code = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _cws; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const answer = execFileSync('bash', ['-c', code], { encoding: 'utf8' });
    expect(answer.split('\n').filter(Boolean)).toEqual(expected);
  });
});
