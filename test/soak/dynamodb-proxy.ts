import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something going wrong on the way to DynamoDB. `lost_answer`: it does what it was asked for. */
export type DynamodbFault = 'error' | 'reset' | 'lost_answer';

/** Stands between the consumers and a DynamoDB, so that requests can fail. */
export type DynamodbProxy = { endpoint: string; close(): Promise<void> };

export async function startDynamodbProxy(
  target: string,
  onRequest: (body: string) => DynamodbFault | undefined,
): Promise<DynamodbProxy> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const fault = onRequest(body);
    if (fault === 'reset') return void request.socket.resetAndDestroy();
    if (fault === 'error') return void response.writeHead(500).end('{}');
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
