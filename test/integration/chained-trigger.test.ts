import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveInvokeApi } from '../../local/emulators/lambda/invoke-api.ts';
import { LambdaFunctionError } from '../../local/emulators/lambda/sandboxes.ts';
import { triggerEvent } from '../fixtures/factories.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';

const THEIRS = 'arn:aws:lambda:us-east-1:111122223333:function:welcome-mail';
const DELETED = 'arn:aws:lambda:us-east-1:111122223333:function:deleted';

let run: DualRun;
let api: Awaited<ReturnType<typeof serveInvokeApi>>;
let events: unknown[];
/** What the chained function does. */
let theirs: (event: Record<string, unknown>) => Promise<unknown> | unknown;

beforeAll(async () => {
  api = await serveInvokeApi(new Set([THEIRS]), async (_name, payload) => {
    const event = JSON.parse(payload);
    events.push(event);
    return JSON.stringify(await theirs(event));
  });
  const chained = {
    AWS_ENDPOINT_URL_LAMBDA: api.url,
    SYNC_CHAINED_FUNCTION_ARN: THEIRS,
    // The longest there is: on a busy machine a publication must not be lost.
    SYNC_PUBLISH_TIMEOUT_MS: '4000',
  };
  run = await startDualRun({
    env: {
      preAuthentication: chained,
      postConfirmation: { ...chained, SYNC_CHAINED_FUNCTION_ARN: DELETED },
    },
  });
});
beforeEach(async () => {
  events = [];
  run.logs.length = 0;
  theirs = (event) => event;
});
afterAll(async () => {
  await run.close();
  await api.close();
});

const signIn = () => run.lambda.invoke('preAuthentication', triggerEvent({}));
const queued = () => receiveAll(run.queue.client, run.queue.queueUrl);
const failure = (invocation: Promise<unknown>) =>
  invocation.then(
    () => 'no failure',
    (error: LambdaFunctionError) => error.detail,
  );

describe('a trigger with a chained function', () => {
  it('passes the event to the function, returns its answer, and queues the user', async () => {
    theirs = (event) => ({ ...event, response: { autoConfirmUser: true } });
    const answer = await signIn();
    expect(events).toEqual([triggerEvent({})]);
    expect(answer).toEqual({ ...triggerEvent({}), response: { autoConfirmUser: true } });
    expect(await queued()).toHaveLength(1);
  });

  it('throws the error of the function, counts the failure, and does not log its message', async () => {
    theirs = () => {
      throw new LambdaFunctionError({
        errorType: 'UserIsBanned',
        errorMessage: 'Please call us.',
        trace: [],
      });
    };
    expect(await failure(signIn())).toMatchObject({
      errorType: 'UserIsBanned',
      errorMessage: 'Please call us.',
    });
    expect(await queued()).toHaveLength(1);
    expect(metricTotals(run.logs)).toEqual({ ObservationPublished: 1, ChainedFunctionFailed: 1 });
    expect(run.logs.join('\n')).not.toContain('Please call us.');
  });

  it.each([[null], ['text'], [{}]])(
    'returns the answer %j of the function unchanged',
    async (answer) => {
      theirs = () => answer;
      expect(await signIn()).toEqual(answer);
      await queued();
    },
  );

  it('calls the function without waiting for SQS', async () => {
    const called = Promise.withResolvers<void>();
    const queue = await startSlowQueue(called.promise);
    const slow = await startDualRun({
      env: {
        preAuthentication: {
          AWS_ENDPOINT_URL_LAMBDA: api.url,
          SYNC_CHAINED_FUNCTION_ARN: THEIRS,
          AWS_ENDPOINT_URL_SQS: queue.url,
          SYNC_QUEUE_URL: `${queue.url}/111122223333/queue.fifo`,
          SYNC_PUBLISH_TIMEOUT_MS: '4000',
        },
      },
    });
    theirs = (event) => {
      called.resolve();
      return event;
    };
    await slow.lambda.invoke('preAuthentication', triggerEvent({}));
    const totals = metricTotals(slow.logs);
    await slow.close();
    await queue.close();
    expect(totals).toEqual({ ObservationPublished: 1 });
  });

  it('publishes without waiting for the answer of the function', async () => {
    let messages: unknown[] = [];
    theirs = async (event) => {
      while (messages.length === 0) messages = await queued();
      return event;
    };
    expect(await signIn()).toEqual(triggerEvent({}));
  });

  it('throws ChainedFunctionError in time when the function does not answer, and queues the user', async () => {
    let release = () => {};
    theirs = () => new Promise<void>((resolve) => (release = resolve));
    expect(await failure(signIn())).toMatchObject({
      errorType: 'ChainedFunctionError',
      errorMessage: `the function ${THEIRS} could not be called: no answer in time`,
    });
    release();
    expect(await queued()).toHaveLength(1);
  });

  it('throws ChainedFunctionError when the function does not exist, and queues the user', async () => {
    const event = triggerEvent({ triggerSource: 'PostConfirmation_ConfirmSignUp' });
    const detail = await failure(run.lambda.invoke('postConfirmation', event));
    expect(detail).toMatchObject({ errorType: 'ChainedFunctionError' });
    expect(await queued()).toHaveLength(1);
  });
});

/** SQS's SendMessage (JSON protocol), which answers once `ready` is fulfilled. */
async function startSlowQueue(ready: Promise<void>) {
  const server = createServer(async (request, response) => {
    const { MessageBody } = JSON.parse(await text(request));
    await ready;
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ MessageId: 'message-1', MD5OfMessageBody }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
