import { readText, startLocalServer } from './local-server.ts';

/** CloudFormation's DescribeStacks (CloudFormation API reference, query protocol): one stack, with this status. */
export type StackStatusApi = { endpoint: string; status: string; close(): Promise<void> };

export async function startStackStatusApi(): Promise<StackStatusApi> {
  const { endpoint, close } = await startLocalServer(async (request, response) => {
    const StackName = new URLSearchParams(await readText(request)).get('StackName');
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
        <StackName>${StackName}</StackName><StackStatus>${api.status}</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>
      </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    );
  });
  const api: StackStatusApi = { endpoint, status: 'UPDATE_IN_PROGRESS', close };
  return api;
}
