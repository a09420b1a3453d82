import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createInvoke } from '../../src/triggers/invoke-lambda.ts';
import { expectedSignature } from '../stand-ins/signature.ts';

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:welcome-mail:live';
const PAYLOAD = JSON.stringify({ userName: 'Ada ☂' });
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a/secret+key' };

type Received = { request: IncomingMessage; body: string };

let received: Received[];
/** Status and headers of the next answers; 200 when there are no more. */
let answers: { status: number; headers?: Record<string, string> }[];
let endpoint: string;

const server = createServer(async (request, response) => {
  const body = await text(request);
  received.push({ request, body });
  const { status, headers = {} } = answers.shift() ?? { status: 200 };
  if (status === 0) return void request.socket.resetAndDestroy();
  response.writeHead(status, headers).end(status === 200 ? body : '{}');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  received = [];
  answers = [];
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const refusal = (status: number, type: string) => ({
  status,
  headers: { 'x-amzn-errortype': type },
});

const call = (signal = new AbortController().signal) =>
  createInvoke({
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_LAMBDA: endpoint,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_SESSION_TOKEN: 'a-session',
  })(ARN, PAYLOAD, signal);

const signatureOf = ({ request }: Received) =>
  /Signature=(\w+)/.exec(request.headers.authorization ?? '')?.[1];

describe('createInvoke', () => {
  it("sends the same request as the SDK's Lambda client, with a valid signature", async () => {
    const credentials = { ...KEYS, sessionToken: 'a-session' };
    const sdk = new LambdaClient({ region: 'eu-central-1', endpoint, credentials });
    await sdk.send(new InvokeCommand({ FunctionName: ARN, Payload: PAYLOAD }));
    expect(await call()).toEqual({ payload: PAYLOAD, isError: false });

    const [theirs, ours] = received as [Received, Received];
    for (const each of [theirs, ours]) {
      expect(signatureOf(each)).toBe(
        expectedSignature(each.request, each.body, KEYS.secretAccessKey),
      );
      expect(each.request.headers['x-amz-security-token']).toBe('a-session');
    }
    expect(ours.request.url).toBe(theirs.request.url);
    expect(ours.request.method).toBe(theirs.request.method);
    expect(ours.body).toBe(theirs.body);
    expect(ours.request.headers['x-amz-content-sha256']).toBe(
      theirs.request.headers['x-amz-content-sha256'],
    );
  });

  it('reports an error of the function as an error', async () => {
    answers = [{ status: 200, headers: { 'x-amz-function-error': 'Unhandled' } }];
    expect(await call()).toMatchObject({ isError: true });
  });

  it.each([
    ['a reset connection', { status: 0 }],
    ['too many requests', refusal(429, 'TooManyRequestsException')],
    ['an error of Lambda', refusal(500, 'ServiceException')],
  ])('retries once after %s, and throws after two', async (_, answer) => {
    answers = [answer];
    expect(await call()).toMatchObject({ payload: PAYLOAD });
    answers = [answer, answer];
    await expect(call()).rejects.toThrow();
    expect(received).toHaveLength(4);
  });

  it('throws a refusal of Lambda under its name, without a retry', async () => {
    const headers = { 'x-amzn-errortype': 'AccessDeniedException:http://internal' };
    answers = [{ status: 403, headers }];
    await expect(call()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(received).toHaveLength(1);
  });

  it('sends nothing when its signal is aborted already', async () => {
    await expect(call(AbortSignal.abort())).rejects.toThrow();
    expect(received).toEqual([]);
  });
});
