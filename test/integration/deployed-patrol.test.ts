import { readFileSync } from 'node:fs';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  type LocalControlPlane,
  startControlPlane,
} from '../../local/emulators/control-plane/control-plane.ts';
import { LOCAL_CREDENTIALS } from '../../local/emulators/sqs.ts';
import { type DeployedPatrol, findDeployedPatrol } from '../../src/full-round/deployed-patrol.ts';

const POOL = 'eu-central-1_Pool00001';
const MACHINE = 'arn:aws:states:eu-central-1:000000000000:stateMachine:patrol';
const OUTPUTS = {
  SyncQueueUrl: 'https://sqs/q.fifo',
  SyncDeadLetterQueueUrl: 'https://sqs/d.fifo',
  SyncLedgerTable: 'ledger',
  SyncPatrolStateMachine: MACHINE,
};

let outputs: Record<string, string>;
let denied: Set<string>;
let controlPlane: LocalControlPlane;
let client: CloudFormationClient;
beforeEach(async () => {
  outputs = { ...OUTPUTS };
  denied = new Set();
  controlPlane = await startControlPlane({
    stage: 'prod',
    region: 'eu-central-1',
    account: '000000000000',
    functions: [],
    outputs,
    stackParameters: { UserPoolId: POOL },
    parameters: {},
    denied,
  });
  const { endpoint } = controlPlane;
  client = new CloudFormationClient({
    endpoint,
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
  });
});
afterEach(async () => {
  client.destroy();
  await controlPlane.close();
});

const find = (stage = 'prod', userPoolId = POOL): Promise<DeployedPatrol> =>
  findDeployedPatrol(client, { stage, userPoolId });

describe('the patrol of a stage', () => {
  it('is found in the outputs of its stack', async () => {
    expect(await find()).toEqual({
      stateMachine: MACHINE,
      table: 'ledger',
      queueUrl: 'https://sqs/q.fifo',
      deadLetterQueueUrl: 'https://sqs/d.fifo',
    });
  });

  it('is not found in a stack of before there was a patrol: it has to be deployed again', async () => {
    delete outputs.SyncPatrolStateMachine;
    await expect(find()).rejects.toThrow(/older than the patrol.*serverless deploy --stage prod/);
  });

  it('is not that of another user pool', async () => {
    await expect(find('prod', 'eu-central-1_Other')).rejects.toThrow(
      /deployed for the user pool eu-central-1_Pool00001, not for eu-central-1_Other/,
    );
  });

  it('has to be deployed when there is no stack', async () => {
    await expect(find('dev')).rejects.toThrow(
      /there is no stack cognito-workos-sync-dev .*serverless deploy --stage dev/,
    );
  });

  it('cannot be found without cloudformation:DescribeStacks', async () => {
    denied.add('DescribeStacks');
    await expect(find()).rejects.toThrow(/allow cloudformation:DescribeStacks/);
  });

  it('has its state machine and output with patrol=off, too', () => {
    const text = readFileSync(new URL('../../serverless/patrol.yml', import.meta.url), 'utf8');
    const { Resources, Outputs } = parse(text, { logLevel: 'silent' });
    expect(Resources.PatrolSchedule.Condition).toBe('HasPatrolSchedule');
    expect(Resources.SyncPatrol).not.toHaveProperty('Condition');
    expect(Resources.PatrolStateMachineRole).not.toHaveProperty('Condition');
    expect(Outputs.SyncPatrolStateMachine).not.toHaveProperty('Condition');
  });
});
