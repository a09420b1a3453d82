import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import { type LocalLambda, startLambda } from '../../local/emulators/lambda/lambda.ts';
import { LOCAL_CREDENTIALS, type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import { decodeMessage } from '../../src/user/message.ts';
import { changeEvent } from '../fixtures/cloudtrail-events.ts';
import { observedToRecord } from '../fixtures/cognito-records.ts';
import { ADA, at, observedUser } from '../fixtures/factories.ts';
import { metricTotals, receiveAll } from '../rigs/dual-run.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';

const OTHER_POOL = 'eu-central-1_Other0001';
const ELSEWHERE = 'cccccccc-0000-4000-8000-000000000003';

let cognito: StrictCognito;
let queue: LocalQueue;
let dynamodb: LocalDynamodb;
let lambda: LocalLambda;
let logs: string[] = [];

beforeAll(async () => {
  cognito = await startStrictCognito();
  queue = await startQueue();
  dynamodb = await startDynamodb();
  lambda = await start({ SYNC_LEDGER_TABLE: dynamodb.table });
});
beforeEach(() => {
  logs = [];
  cognito.control.requests.length = 0;
  cognito.control.onRequest = undefined;
  dynamodb.isFailing = undefined;
  for (const sub of [ADA.sub, ELSEWHERE]) {
    if (cognito.control.has(sub)) cognito.control.remove(sub);
  }
  cognito.control.put(observedToRecord(observedUser()));
});
afterAll(async () => {
  await lambda.close();
  await dynamodb.close();
  await queue.close();
  await cognito.close();
});

function start(more: Record<string, string> = {}): Promise<LocalLambda> {
  return startLambda({
    region: 'eu-central-1',
    env: {
      poolChange: {
        AWS_ENDPOINT_URL_SQS: queue.endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
        AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
        SYNC_QUEUE_URL: queue.queueUrl,
        SYNC_USER_POOL_ID: cognito.userPoolId,
        ...more,
      },
    },
    onLog: (_, line) => logs.push(line),
  });
}

const invoke = (event: unknown) => lambda.invoke('poolChange', event);

/** As the function's queue gives them to it. */
const batch = (...events: unknown[]) => ({
  Records: events.map((event, index) => ({
    messageId: `m${index}`,
    body: typeof event === 'string' ? event : JSON.stringify(event),
  })),
});

async function published() {
  const messages = await receiveAll(queue.client, queue.queueUrl);
  return messages.map(({ Body = '', Attributes }) => {
    const decoded = decodeMessage(Body);
    expect(decoded.kind).not.toBe('malformed');
    return { group: Attributes?.MessageGroupId, ...decoded };
  });
}

async function remember(sub: string): Promise<void> {
  const Item = { sub: { S: sub }, observedAt: { S: at(0) } };
  await dynamodb.client.send(new PutItemCommand({ TableName: dynamodb.table, Item }));
}

const reads = () => cognito.control.requests.map(({ action }) => action);
const hidden = () => logs.join('').match(/HIDDEN|ada@example|Lovelace/g);

describe('the function for pool changes', () => {
  it.each(['AdminUpdateUserAttributes', 'AdminDisableUser', 'AdminLinkProviderForUser'])(
    'publishes the user of %s as the pool has it now, with one read',
    async (eventName) => {
      cognito.control.update(ADA.sub, { attributes: { family_name: 'King' }, Enabled: false });
      await invoke(changeEvent({ eventName }));
      expect(await published()).toMatchObject([
        { kind: 'message', group: ADA.sub, user: { familyName: 'King', enabled: false } },
      ]);
      expect(reads()).toEqual(['ListUsers']);
      expect(metricTotals(logs)).toMatchObject({ ObservationPublished: 1 });
      expect(hidden()).toBeNull();
    },
  );

  it("publishes a user who was changed with the user's own token, whose event names no pool", async () => {
    await invoke(changeEvent({ eventName: 'UpdateUserAttributes', userPoolId: undefined }));
    expect(await published()).toMatchObject([{ kind: 'message', user: { sub: ADA.sub } }]);
  });

  it.each([
    ['AdminDeleteUser', cognitoPool],
    ['DeleteUser', () => undefined],
  ])('publishes a user who is gone after %s as gone', async (eventName, pool) => {
    cognito.control.remove(ADA.sub);
    await invoke(changeEvent({ eventName, userPoolId: pool() }));
    expect(await published()).toMatchObject([
      { kind: 'gone', group: ADA.sub, gone: { sub: ADA.sub, userPoolId: cognito.userPoolId } },
    ]);
  });

  it('publishes the user, not the deletion, where the pool still has the user of a deletion event', async () => {
    await invoke(changeEvent({ eventName: 'DeleteUser', userPoolId: undefined }));
    expect(await published()).toMatchObject([{ kind: 'message', user: { sub: ADA.sub } }]);
  });

  it('ignores an event that names another pool without a request', async () => {
    await invoke(changeEvent({ userPoolId: OTHER_POOL, eventName: 'AdminDeleteUser' }));
    expect(await published()).toEqual([]);
    expect(reads()).toEqual([]);
    expect(metricTotals(logs)).toEqual({ ObservationIgnored: 1 });
  });

  it("ignores an edit by another pool's user, whom neither pool nor ledger has, after one read", async () => {
    const event = { eventName: 'UpdateUserAttributes', userPoolId: undefined, sub: ELSEWHERE };
    await invoke(changeEvent(event));
    expect(await published()).toEqual([]);
    expect(reads()).toEqual(['ListUsers']);
    expect(metricTotals(logs)).toEqual({ ObservationIgnored: 1 });
  });

  it('publishes as gone a user whom only the ledger has, whatever the call was', async () => {
    await remember(ADA.sub);
    cognito.control.remove(ADA.sub);
    await invoke(changeEvent({ eventName: 'VerifyUserAttribute', userPoolId: undefined }));
    expect(await published()).toMatchObject([{ kind: 'gone', gone: { sub: ADA.sub } }]);
  });

  it.each([
    ['a failed call', changeEvent({ detail: { errorCode: 'NotAuthorizedException' } })],
    ['an event without a sub', changeEvent({ detail: { additionalEventData: {} } })],
    ['an unknown event', changeEvent({ eventName: 'AdminListDevices' })],
    ['an empty event', {}],
    ['a batch with a body that is not JSON', batch('{')],
  ])('ignores %s without an error', async (_, event) => {
    await invoke(event);
    expect(await published()).toEqual([]);
    expect(reads()).toEqual([]);
    expect(metricTotals(logs)).toEqual({ ObservationIgnored: 1 });
  });

  it('publishes an event that was delivered twice once, and a state that returned twice', async () => {
    const first = changeEvent();
    await invoke(first);
    await invoke({ ...first, id: 'delivered again' });
    await invoke(changeEvent());
    expect(await published()).toHaveLength(2);
  });

  it('fails for a single event while Cognito cannot be asked, and publishes it when it is invoked again', async () => {
    cognito.control.onRequest = () => ({ kind: 'error', type: 'TooManyRequestsException' });
    await expect(invoke(changeEvent())).rejects.toThrow('could not be published');
    expect(reads()).toEqual(['ListUsers']);
    cognito.control.onRequest = undefined;
    await invoke(changeEvent());
    expect(await published()).toMatchObject([{ kind: 'message' }]);
  });
});

describe('a batch of pool changes', () => {
  it('costs one read for all events of one user', async () => {
    const answer = await invoke(
      batch(
        ...Array.from({ length: 50 }, () => changeEvent()),
        changeEvent({ userPoolId: OTHER_POOL }),
      ),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(reads()).toEqual(['ListUsers']);
    expect(await published()).toHaveLength(1);
    expect(metricTotals(logs)).toMatchObject({ ObservationSuperseded: 49, ObservationIgnored: 1 });
  });

  it('keeps the pool id that one event of a user names, in whichever order they arrive', async () => {
    cognito.control.remove(ADA.sub);
    const sub = ELSEWHERE;
    const own = changeEvent({ eventName: 'UpdateUserAttributes', userPoolId: undefined, sub });
    const named = changeEvent({ sub });
    await invoke(batch(own, named));
    await invoke(batch(named, own));
    expect(await published()).toMatchObject([{ kind: 'gone' }, { kind: 'gone' }]);
  });

  it('leaves what could not be read in the queue, and stops asking a Cognito that throttles', async () => {
    const subs = Array.from({ length: 10 }, (_, i) => `dddddddd-0000-4000-8000-00000000000${i}`);
    cognito.control.onRequest = ({ index }) =>
      index >= 1 ? { kind: 'error', type: 'TooManyRequestsException' } : undefined;
    const answer = await invoke(batch(...subs.map((sub) => changeEvent({ sub }))));
    const items = subs.slice(1).map((_, i) => ({ itemIdentifier: `m${i + 1}` }));
    expect(answer).toEqual({ batchItemFailures: items });
    expect(reads()).toHaveLength(3);
    expect(metricTotals(logs)).toMatchObject({ MessageHandedBack: 9 });
    expect(await published()).toMatchObject([{ kind: 'gone' }]);
  });
});

describe('the function for pool changes, where its surroundings fail', () => {
  it('leaves an event in the queue while SQS does not accept the message', async () => {
    const withoutQueue = await start({ SYNC_QUEUE_URL: 'http://127.0.0.1:1/q.fifo' });
    const answer = await withoutQueue.invoke('poolChange', batch(changeEvent()));
    await withoutQueue.close();
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  });

  it('fails with the name of a variable that is missing, so that the events stay queued', async () => {
    const withoutPool = await start({ SYNC_USER_POOL_ID: '' });
    const failed = withoutPool.invoke('poolChange', batch(changeEvent()));
    await expect(failed).rejects.toThrow('SYNC_USER_POOL_ID');
    await withoutPool.close();
  });
});

// At the end, because the function asks no ledger for five seconds after one has failed.
describe('without an answer of the ledger', () => {
  it('the function for pool changes publishes a user whom the pool does not have as gone', async () => {
    dynamodb.isFailing = () => true;
    const event = { eventName: 'UpdateUserAttributes', userPoolId: undefined, sub: ELSEWHERE };
    await invoke(changeEvent(event));
    expect(await published()).toMatchObject([{ kind: 'gone', gone: { sub: ELSEWHERE } }]);
    expect(metricTotals(logs)).toMatchObject({ LedgerUnavailable: 1 });
  });
});

function cognitoPool(): string {
  return cognito.userPoolId;
}
