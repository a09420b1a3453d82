import { readText, startLocalServer } from './local-server.ts';

export type SqsCall = { action: string; queueUrl: string; body: Record<string, unknown> };

/** A failure on the way to SQS. */
export type SqsFault =
  /** As SQS writes its errors (JSON protocol); SQS does not see the request. Default status 400. */
  | { kind: 'error'; type: string; status?: number }
  /** The connection is reset; SQS does not see the request. */
  | { kind: 'reset' }
  /** SQS does what it was asked for, but its answer never arrives. */
  | { kind: 'lost_answer' };

/**
 * Stands between a command and an emulated SQS, so that a test can see requests, refuse them or lose their
 * answers (SQS API reference, AWS JSON protocol; docs/facts.md#sqs).
 */
export type SqsProxy = {
  /** AWS_ENDPOINT_URL_SQS */
  endpoint: string;
  calls: SqsCall[];
  onRequest: ((call: SqsCall) => SqsFault | undefined) | undefined;
  /** After SQS has done what it was asked for, before its answer is passed on. */
  onAnswer: ((call: SqsCall) => void) | undefined;
  /** The visibility timeout of every receive, in place of the one asked for, so that no test waits minutes. */
  holdSeconds: number | undefined;
  close(): Promise<void>;
};

/** @param target the endpoint of the SQS behind it. */
export async function startSqsProxy(target: string): Promise<SqsProxy> {
  const { endpoint, close } = await startLocalServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    const body = JSON.parse(await readText(request));
    if (action === 'ReceiveMessage' && proxy.holdSeconds !== undefined) {
      body.VisibilityTimeout = proxy.holdSeconds;
    }
    const call = { action, queueUrl: String(body.QueueUrl), body };
    proxy.calls.push(call);
    const fault = proxy.onRequest?.(call);
    if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
    if (fault?.kind === 'error') {
      response.writeHead(fault.status ?? 400, { 'content-type': 'application/x-amz-json-1.0' });
      return void response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${fault.type}` }));
    }
    const answer = await fetch(target, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${action}`,
        authorization: String(request.headers.authorization),
      },
      body: JSON.stringify(body),
    });
    const answered = await answer.text();
    proxy.onAnswer?.(call);
    if (fault?.kind === 'lost_answer') return void request.socket.resetAndDestroy();
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(answered);
  });
  const proxy: SqsProxy = {
    endpoint,
    calls: [],
    onRequest: undefined,
    onAnswer: undefined,
    holdSeconds: undefined,
    close,
  };
  return proxy;
}
