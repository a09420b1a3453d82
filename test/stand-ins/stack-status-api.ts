import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** CloudFormation's DescribeStacks (API reference, query protocol): one stack, with this status. */
export type StackStatusApi = { endpoint: string; status: string; close(): Promise<void> };

export async function startStackStatusApi(): Promise<StackStatusApi> {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const StackName = new URLSearchParams(text).get('StackName');
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
        <StackName>${StackName}</StackName><StackStatus>${api.status}</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>
      </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const api: StackStatusApi = {
    endpoint: `http://127.0.0.1:${port}`,
    status: 'UPDATE_IN_PROGRESS',
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}
