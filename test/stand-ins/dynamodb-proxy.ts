import { INJECTED_ANSWER } from '../../local/emulators/injected-answer.ts';
import { readText, startLocalServer } from './local-server.ts';

/** A failure on the way to DynamoDB. `lost_answer`: DynamoDB carries the request out, its answer is lost. */
export type DynamodbFault = 'error' | 'reset' | 'lost_answer';

/** Stands between the consumers and an emulated DynamoDB, so that requests can fail (DynamoDB low-level HTTP API). */
export type DynamodbProxy = { endpoint: string; close(): Promise<void> };

export async function startDynamodbProxy(
  target: string,
  onRequest: (body: string) => DynamodbFault | undefined,
): Promise<DynamodbProxy> {
  return startLocalServer(async (request, response) => {
    const body = await readText(request);
    const fault = onRequest(body);
    if (fault === 'reset') return void request.socket.resetAndDestroy();
    if (fault === 'error')
      return void response.writeHead(500, { [INJECTED_ANSWER]: 'fault' }).end('{}');
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(target, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    const text = await answer.text();
    if (fault === 'lost_answer') return void request.socket.resetAndDestroy();
    response.writeHead(answer.status, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-crc32': answer.headers.get('x-amz-crc32') ?? '',
    });
    response.end(text);
  });
}
