import { mkdir, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandEnvironment, queueEnvironment } from '../environment.ts';
import type { LocalSystem } from '../local-system.ts';
import { REGION } from '../system.ts';

/** Relative to the folder of package.json. */
export const ENVIRONMENT_FILE = join('local-run', 'env.sh');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Everything a command needs to work on the local system, whatever the shell has set. */
export function shellEnvironment(system: LocalSystem): Record<string, string> {
  const services = ['STS', 'IAM', 'SSM', 'LAMBDA', 'CLOUDFORMATION', 'CLOUDWATCH', 'SFN'];
  const endpoints = services.map((name) => [
    `AWS_ENDPOINT_URL_${name}`,
    system.controlPlane.endpoint,
  ]);
  return {
    AWS_REGION: REGION,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_SESSION_TOKEN: '',
    ...commandEnvironment(system),
    ...queueEnvironment(system),
    ...Object.fromEntries(endpoints),
    AWS_ENDPOINT_URL_KMS: system.kms.endpoint,
  };
}

/** Writes the variables of {@link shellEnvironment} as a file for `source`, readable for its owner alone. */
export async function writeEnvironmentFile(system: LocalSystem): Promise<string> {
  const path = join(ROOT, ENVIRONMENT_FILE);
  const lines = Object.entries(shellEnvironment(system)).map(([name, value]) =>
    // An empty profile means none to the commands; the AWS CLI refuses it.
    name === 'AWS_PROFILE'
      ? 'unset AWS_PROFILE\n'
      : `export ${name}='${value.replaceAll("'", "'\\''")}'\n`,
  );
  await mkdir(dirname(path), { recursive: true });
  const text = `# Of the local run that npm start began; it is of no use once that has ended.\n${lines.join('')}`;
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
