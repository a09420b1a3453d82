import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startControlPlane } from '../../../local/emulators/control-plane/control-plane.ts';
import { startDynamodb } from '../../../local/emulators/dynamodb.ts';
import { SIMULATOR } from '../../../src/canary/mark.ts';
import { sweep } from '../../../src/canary/sweep.ts';
import { readLastRun } from '../../../src/ledger/last-run.ts';
import { expectResult } from '../../fixtures/result-schema.ts';
import { type CanaryRig, startCanaryRig } from '../../rigs/canary-rig.ts';
import { runInProcess } from '../../rigs/command-in-process.ts';
import { toEnvironment } from '../../rigs/command-run.ts';
import { untilEnded } from '../../rigs/ended-process.ts';

const PROGRAM = fileURLToPath(new URL('../../../scripts/cws.ts', import.meta.url));

let rig: CanaryRig;
let directory: string;
beforeAll(async () => {
  rig = await startCanaryRig();
  directory = await mkdtemp(join(tmpdir(), 'canary-command-'));
  await mkdir(join(directory, 'config'));
});
afterEach(async () => {
  rig.restore();
  await sweep(rig.world, { evenLeased: true });
});
afterAll(async () => {
  await rig.close();
  await rm(directory, { recursive: true, force: true });
});

function environment(more: Record<string, string> = {}) {
  const { endpoint, workos } = rig;
  return { ...toEnvironment({ cognito: { endpoint }, workos }), ...more };
}

/** As a process of its own, for what a signal does. */
function start(args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, 'canary', '--json', ...args], {
    cwd: directory,
    env: environment(),
  });
  return Object.assign(child, { ended: untilEnded(child) });
}

const run = (args: string[], more?: Record<string, string>) =>
  runInProcess(['canary', '--json', ...args], { cwd: directory, env: environment(more) });

const pool = () => ['--user-pool-id', rig.userPoolId];
const proving = () => [...pool(), '--deadline', '3', '--settle', '0.5'];

it('prints the steps, and exits with 1 because whether passwords are carried cannot be told', async () => {
  const ended = await run(proving());
  const result = expectResult('canary', ended);
  expect(result).toMatchObject({
    end: 'partly',
    exit: 1,
    steps: {
      items: [
        { step: 'sign_up', result: 'arrived', deadlineSeconds: 3 },
        { step: 'sign_in', result: 'arrived' },
        { step: 'squatter', result: 'unchanged' },
        { step: 'password', result: 'not_proved', reason: expect.stringContaining('--stage') },
      ],
    },
    left: { count: 0 },
  });
  expect(ended.stderr).toContain('2 mails to success@simulator.amazonses.com, of the 50');
  expect(ended.stderr).toContain("WorkOS's webhooks");
  expect(await rig.leftovers()).toEqual([]);
});

it('keeps its result for cws status where the ledger is known, and says so where it cannot', async () => {
  const dynamodb = await startDynamodb();
  const { endpoint, table } = dynamodb;
  const ledger = { SYNC_LEDGER_TABLE: table, AWS_ENDPOINT_URL_DYNAMODB: endpoint };
  try {
    await run(proving(), ledger);
    const kept = await readLastRun(dynamodb, 'canary');
    // This consumer writes no ledger, so that nothing shows the squatter's message to be processed.
    const result = { end: 'failed', failedStep: 'squatter', userPoolId: rig.userPoolId };
    expect(kept?.figures).toMatchObject(result);
  } finally {
    await dynamodb.close();
  }
  const { stdout, stderr } = await run(proving(), ledger);
  expect(JSON.parse(stdout)).toMatchObject({ command: 'canary' });
  expect(stderr).toContain('allow dynamodb:PutItem on the item #last#canary');
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'removes everything on %s, and exits with 130',
  async (signal) => {
    // What Node makes of the signal is the same for all three: one of them comes from outside.
    const child = signal === 'SIGINT' ? start(proving()) : undefined;
    rig.onCognito = (action) => {
      if (action !== 'AdminUpdateUserAttributes') return undefined;
      if (child) child.kill(signal);
      else process.emit(signal);
      return undefined;
    };
    const ended = await (child?.ended ?? run(proving()));
    expect(expectResult('canary', ended)).toMatchObject({ end: 'stopped', left: { count: 0 } });
    expect(ended.code).toBe(130);
    expect(await rig.leftovers()).toEqual([]);
  },
);

it('leaves to the next run what was made when it was killed, until its lease is over or --now says that it is', async () => {
  const child = start(proving());
  rig.onCognito = (action) => {
    if (action === 'RespondToAuthChallenge') child.kill('SIGKILL');
    return undefined;
  };
  await child.ended;
  rig.restore();
  expect((await rig.leftovers()).length).toBeGreaterThan(2);
  const left = await run([...pool(), '--clean', '--settle', '0.5']);
  expect(expectResult('canary', left)).toMatchObject({
    removed: { count: 0 },
    atWork: { count: 1 },
  });
  const now = await run([...pool(), '--clean', '--now', '--settle', '0.5']);
  expect(expectResult('canary', now)).toMatchObject({ end: 'cleaned', removed: { count: 1 } });
  expect(await rig.leftovers()).toEqual([]);
});

it('cleans a pool whose stack is gone, and proves nothing there', async () => {
  const controlPlane = await startControlPlane({
    stage: 'prod',
    region: 'eu-central-1',
    account: '000000000000',
    functions: [],
    outputs: {},
    stackParameters: {},
    parameters: {},
    denied: new Set(),
  });
  const lambda = { AWS_ENDPOINT_URL_LAMBDA: controlPlane.endpoint };
  const made = await rig.world.appClients.create({ run: 'standing', mailbox: SIMULATOR });
  expect(made.kind).toBe('ok');
  const proved = await run(proving(), lambda);
  const cleaned = await run([...pool(), '--clean', '--settle', '0.5'], lambda);
  await controlPlane.close();
  expect(proved).toMatchObject({ code: 2, stderr: expect.stringContaining('no deployment') });
  expect(expectResult('canary', cleaned)).toMatchObject({
    removed: { items: [{ run: 'standing' }] },
  });
  expect(await rig.leftovers()).toEqual([]);
});

it('refuses to begin where it may not remove what it makes', async () => {
  rig.onCognito = (action) =>
    action === 'AdminDeleteUser' ? { kind: 'error', type: 'AccessDeniedException' } : undefined;
  const { code, stderr, stdout } = await run(proving());
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('nothing was made');
  expect(stderr).toContain('cognito-idp:AdminDeleteUser');
});

it('writes the schedule into the file of the stage, keeps its comments, and takes it out again', async () => {
  const file = join(directory, 'config/prod.yml');
  const text = `# The production pool.\nuserPoolId: ${rig.userPoolId} # do not change\nregion: eu-central-1\n`;
  await writeFile(file, text);
  const set = await run(['--stage', 'prod', '--every', '5m']);
  expect(expectResult('canary', set)).toMatchObject({
    end: 'scheduled',
    schedule: 'rate(5 minutes)',
  });
  expect(await readFile(file, 'utf8')).toBe(`${text}canary: rate(5 minutes)\n`);
  const seldom = await run(['--stage', 'prod', '--every', '1h']);
  expect(seldom).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('canaryAlarmMinutes: 120'),
  });
  expect(await readFile(file, 'utf8')).toContain('rate(5 minutes)');
  await run(['--stage', 'prod', '--every', 'off']);
  expect(await readFile(file, 'utf8')).toBe(text);
});
