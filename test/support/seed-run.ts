import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StrictCognitoOptions, StrictCognitoUser } from './strict-cognito.ts';
import { cognitoUser, type StrictCognito, startStrictCognito } from './strict-cognito.ts';
import { type StrictWorkos, type StrictWorkosOptions, startStrictWorkos } from './strict-workos.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/seed.ts', import.meta.url));

export type Ended = { code: number | null; stdout: string; stderr: string };

/** `npm run seed`, as a process of its own, between a strict Cognito and a strict WorkOS. */
export type SeedSetting = {
  cognito: StrictCognito;
  workos: StrictWorkos;
  /** Its working directory, where state files and reports go. */
  directory: string;
  start(args?: string[], env?: Record<string, string>): ChildProcess & { ended: Promise<Ended> };
  run(args?: string[], env?: Record<string, string>): Promise<Ended>;
  close(): Promise<void>;
};

export async function startSeedSetting(
  options: { cognito?: StrictCognitoOptions; workos?: StrictWorkosOptions } = {},
): Promise<SeedSetting> {
  const cognito = await startStrictCognito(options.cognito);
  const workos = await startStrictWorkos(options.workos);
  const directory = await mkdtemp(join(tmpdir(), 'seed-run-'));
  const children = new Set<ChildProcess>();

  const start: SeedSetting['start'] = (args = [], env = {}) => {
    const all = ['--user-pool-id', cognito.userPoolId, ...args];
    const child = spawn(process.execPath, [SCRIPT, ...all], {
      cwd: directory,
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        WORKOS_API_KEY: workos.apiKey,
        WORKOS_API_HOSTNAME: workos.hostname,
        WORKOS_API_PORT: String(workos.port),
        WORKOS_API_HTTPS: 'false',
        ...env,
      },
    });
    children.add(child);
    return Object.assign(child, { ended: end(child).finally(() => children.delete(child)) });
  };
  return {
    cognito,
    workos,
    directory,
    start,
    run: (args, env) => start(args, env).ended,
    async close() {
      for (const child of children) child.kill('SIGKILL');
      await cognito.close();
      await workos.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, ...output };
}

/** The sub of the n-th user. */
export function subOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** The n-th confirmed user with a verified email. */
export function poolUser(
  n: number,
  attributes: Record<string, string> = {},
  partial: Partial<StrictCognitoUser> = {},
): StrictCognitoUser {
  const { Attributes: _, ...rest } = partial;
  return cognitoUser(
    {
      sub: subOf(n),
      email: `user-${n}@example.com`,
      email_verified: 'true',
      given_name: `Given${n}`,
      family_name: `Family${n}`,
      ...attributes,
    },
    rest,
  );
}
