import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import { LOCAL_CREDENTIALS } from '../../local/emulators/sqs.ts';
import { createPatrolStore } from '../../src/patrol/patrol-store.ts';
import {
  type DynamodbFault,
  type DynamodbProxy,
  startDynamodbProxy,
} from '../stand-ins/dynamodb-proxy.ts';

let dynamodb: LocalDynamodb;
let proxy: DynamodbProxy;
let client: DynamoDBClient;
/** Of the next request. */
let fault: DynamodbFault | undefined;

beforeEach(async () => {
  dynamodb = await startDynamodb();
  proxy = await startDynamodbProxy(dynamodb.endpoint, () => {
    const next = fault;
    fault = undefined;
    return next;
  });
  const { endpoint } = proxy;
  client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
  });
});
afterEach(async () => {
  client.destroy();
  await proxy.close();
  await dynamodb.close();
});

describe('the item of the patrol', () => {
  it('is held by the worker that took it though the answer was lost', async () => {
    const store = createPatrolStore({ client, table: dynamodb.table });
    await store.request('sweep', new Date());
    const seen = await store.read();
    fault = 'lost_answer';
    expect(await store.acquire('worker', seen)).toMatchObject({ holder: 'worker' });
    expect(await store.acquire('another worker', seen)).toBeUndefined();
  });
});
