import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cloudWatchActions } from './cloudwatch-actions.ts';
import { lambdaActions, ssmActions } from './json-actions.ts';
import { parseLambdaRequest, parseQueryRequest, toQueryXml } from './protocols.ts';
import { cloudFormationActions, iamActions, stsActions } from './query-actions.ts';
import { createStepFunctions } from './step-functions.ts';
import { type Actions, AwsError, type Deployed, type ParsedRequest } from './types.ts';

/**
 * What the commands ask AWS for beside users, queues and tables, for the stage that the local run stands for: STS,
 * IAM, CloudFormation (query protocol), SSM, Step Functions, CloudWatch (JSON) and Lambda (REST), each after its API
 * reference. Signatures are not checked; an action that no command calls answers as an unknown one.
 */
export type LocalControlPlane = { endpoint: string; close(): Promise<void> };

export async function startControlPlane(deployed: Deployed): Promise<LocalControlPlane> {
  const stepFunctions = createStepFunctions(deployed.stateMachines ?? []);
  const actions: Actions = {
    ...stsActions(deployed),
    ...iamActions(deployed),
    ...cloudFormationActions(deployed),
    ...ssmActions(deployed),
    ...lambdaActions(deployed),
    ...cloudWatchActions(deployed),
    ...stepFunctions.actions,
  };
  const server = createServer(async (request, response) => {
    const parsed = await parse(request);
    const isDenied = deployed.denied?.has(parsed.action) ?? false;
    const { status, body } = await answer(isDenied ? { [parsed.action]: deny } : actions, parsed);
    const isQuery = parsed.protocol === 'query';
    const headers: Record<string, string> = {
      'content-type': isQuery ? 'text/xml' : 'application/x-amz-json-1.1',
    };
    if (!isQuery && body instanceof AwsError) headers['x-amzn-errortype'] = body.name;
    response.writeHead(status, headers);
    if (isQuery) return void response.end(toQueryXml(parsed.action, body));
    const json = body instanceof AwsError ? { __type: body.name, message: body.message } : body;
    response.end(status === 204 ? undefined : JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      await stepFunctions.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(actions: Actions, { action, input }: ParsedRequest) {
  try {
    const act = actions[action];
    if (!act) throw new AwsError('UnknownOperationException', 501, `no ${action} here`);
    const body = await act(input);
    return { status: body === undefined ? 204 : 200, body: body ?? {} };
  } catch (error) {
    const body = error instanceof AwsError ? error : new AwsError('InternalFailure', 500, '');
    return { status: body.status, body };
  }
}

function deny(): never {
  throw new AwsError('AccessDeniedException', 400, 'not authorized to perform this action');
}

async function parse(request: IncomingMessage): Promise<ParsedRequest> {
  let text = '';
  for await (const chunk of request) text += chunk;
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const action = String(target).split('.').at(-1) ?? '';
    return { protocol: 'json', action, input: JSON.parse(text || '{}') };
  }
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return parseQueryRequest(text);
  }
  return parseLambdaRequest(request.method ?? 'GET', request.url ?? '/', text);
}
