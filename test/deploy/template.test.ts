import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preparePython } from './support/python.ts';
import { run } from './support/run.ts';
import { packageTo } from './support/serverless.ts';

let directory: string;
let template: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'package-'));
  template = join(directory, 'cloudformation-template-update-stack.json');
  const packaged = await packageTo(directory, { userPoolId: 'eu-central-1_Ab1Cd2Ef3' });
  expect(packaged).toMatchObject({ code: 0 });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('cfn-lint finds nothing to say about the template', async () => {
  const { cfnLint } = await preparePython();
  const lint = await run(cfnLint, ['--', template], { env: {} });
  expect(lint).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('no function is given a role that another one has', async () => {
  const { Resources } = JSON.parse(await readFile(template, 'utf8'));
  const roles = Object.values<{ Type: string; Properties: { Role: unknown } }>(Resources)
    .filter((resource) => resource.Type === 'AWS::Lambda::Function')
    .map((resource) => JSON.stringify(resource.Properties.Role));
  expect(roles.length).toBeGreaterThan(0);
  expect(new Set(roles).size).toBe(roles.length);
});
