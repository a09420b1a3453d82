import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FRAMEWORK = fileURLToPath(
  new URL('../../node_modules/serverless/bin/serverless.js', import.meta.url),
);

/** Plain JavaScript, which the framework loads. */
const PLUGIN = new URL('../../serverless/check-settings.js', import.meta.url).href;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'serverless-settings-'));
  await mkdir(join(directory, 'config'));
});
afterEach(() => rm(directory, { recursive: true }));

test('serverless reads the settings without any --param, as in serverless deploy --stage prod', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [FRAMEWORK, 'print'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
  });
  expect(stdout).toContain('service: cognito-workos-sync');
}, 30_000);

/** The check before `serverless remove --stage prod`, with this file of the stage. */
async function checkRemoval(text: string, options = {}) {
  await writeFile(join(directory, 'config/prod.yml'), text);
  const serverless = {
    processedInput: { commands: ['remove'] },
    serviceDir: directory,
    classes: { Error },
    getProvider: () => ({ getStage: () => 'prod', getRegion: () => 'us-east-1' }),
  };
  const { default: CheckSettings } = await import(PLUGIN);
  const plugin = new CheckSettings(serverless, { param: null, ...options }, { log: {} });
  return plugin.hooks.initialize();
}

test('serverless remove does not go to the default region for a file that cannot be read', async () => {
  const file = 'userPoolId: eu-central-1_Ab1\nworkosShare: 2\n';
  await expect(checkRemoval(file)).rejects.toThrow(/workosShare.*give --region/);
  await expect(checkRemoval(file, { region: 'eu-central-1' })).resolves.toBeUndefined();
  await expect(checkRemoval('userPoolId: eu-central-1_Ab1\n')).resolves.toBeUndefined();
});
