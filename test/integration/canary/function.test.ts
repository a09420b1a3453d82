import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type LocalDynamodb, startDynamodb } from '../../../local/emulators/dynamodb.ts';
import { type LocalLambda, startLambda } from '../../../local/emulators/lambda/lambda.ts';
import { readLastRun } from '../../../src/ledger/last-run.ts';
import { type CanaryRig, startCanaryRig } from '../../rigs/canary-rig.ts';
import { metricTotals } from '../../rigs/dual-run.ts';

let rig: CanaryRig;
let dynamodb: LocalDynamodb;
let lambda: LocalLambda;
let logs: string[];
beforeAll(async () => {
  rig = await startCanaryRig();
  dynamodb = await startDynamodb();
  const { workos } = rig;
  lambda = await startLambda({
    env: {
      canary: {
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: rig.endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        SYNC_USER_POOL_ID: rig.userPoolId,
        SYNC_LEDGER_TABLE: dynamodb.table,
        SYNC_CANARY_DEADLINE_SECONDS: '2',
        WORKOS_API_KEY: workos.apiKey,
        WORKOS_API_HOSTNAME: workos.hostname,
        WORKOS_API_PORT: String(workos.port),
        WORKOS_API_HTTPS: 'false',
      },
    },
    onLog: (_, line) => logs.push(line),
  });
});
beforeEach(() => {
  logs = [];
});
afterEach(() => rig.restore());
afterAll(async () => {
  await lambda.close();
  await rig.close();
  await dynamodb.close();
});

const invoke = () => lambda.invoke('canary', {});

it('counts a run whose sign-in has arrived, and keeps its result for cws status', async () => {
  await invoke();
  expect(metricTotals(logs)).toMatchObject({ CanaryArrived: 1, CanaryFailed: 0 });
  const kept = await readLastRun(dynamodb, 'canary');
  expect(kept?.figures).toMatchObject({ end: 'proved', notProved: 0, userPoolId: rig.userPoolId });
});

it('counts a run that cannot begin as failed and says why, and does not throw: Lambda would run it twice more', async () => {
  rig.onCognito = (action) =>
    action === 'DescribeUserPool' ? { kind: 'error', type: 'AccessDeniedException' } : undefined;
  await invoke();
  expect(metricTotals(logs)).toMatchObject({ CanaryArrived: 0, CanaryFailed: 1 });
  expect(logs.join('\n')).toContain('allow cognito-idp:DescribeUserPool');
});

it('writes no secret, password or address into its log, whatever fails', async () => {
  const clients = await rig.world.appClients.list();
  const secrets = clients.kind === 'ok' ? clients.value.map(({ secret }) => secret) : [];
  expect(secrets).toHaveLength(1);
  for (const broken of ['AdminGetUser', 'AdminUpdateUserAttributes', 'InitiateAuth']) {
    rig.onCognito = (action) =>
      action === broken ? { kind: 'error', type: 'NotAuthorizedException' } : undefined;
    await invoke();
  }
  const written = logs.join('\n');
  for (const secret of [...secrets, rig.workos.apiKey, 'Aa1!', 'simulator.amazonses.com']) {
    expect(written).not.toContain(secret);
  }
});
