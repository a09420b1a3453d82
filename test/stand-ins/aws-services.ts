import type { IncomingMessage } from 'node:http';
import { readText, startLocalServer } from './local-server.ts';

export type AwsCall = { action: string; body: Record<string, unknown> };

/** An answer's fields, an error by its name, or no answer until the stand-in closes. */
export type AwsAnswer =
  | { kind: 'ok'; body: object }
  | { kind: 'error'; type: string; status?: number }
  | { kind: 'hang' };

/**
 * One HTTP stand-in for STS and IAM (query protocol), SSM (JSON 1.1) and Lambda (REST). It answers the
 * calls in `actions`, and every other one with UnknownOperationException (each service's API reference:
 * request, response, errors).
 */
export type AwsServices = {
  endpoint: string;
  /** By the name of the action, e.g. `GetCallerIdentity`. */
  actions: Record<string, (body: AwsCall['body']) => AwsAnswer>;
  calls: AwsCall[];
  /** AWS_ENDPOINT_URL_STS and the others. */
  env: Record<string, string>;
  close(): Promise<void>;
};

export async function startAwsServices(actions: AwsServices['actions']): Promise<AwsServices> {
  const calls: AwsCall[] = [];
  const { endpoint, close } = await startLocalServer(async (request, response) => {
    const { protocol, action, body } = await parse(request);
    calls.push({ action, body });
    const answer = actions[action]?.(body) ?? unknownAction();
    if (answer.kind === 'hang') return;
    const status = answer.kind === 'ok' ? 200 : (answer.status ?? 400);
    if (protocol === 'query') {
      response.writeHead(status, { 'content-type': 'text/xml' });
      return void response.end(toQueryXml(action, answer));
    }
    const headers: Record<string, string> = { 'content-type': 'application/x-amz-json-1.1' };
    if (answer.kind === 'error') headers['x-amzn-errortype'] = answer.type;
    response.writeHead(status, headers);
    response.end(JSON.stringify(answer.kind === 'ok' ? answer.body : { __type: answer.type }));
  });
  const services = ['STS', 'IAM', 'SSM', 'LAMBDA'];
  return {
    endpoint,
    actions,
    calls,
    env: Object.fromEntries(services.map((name) => [`AWS_ENDPOINT_URL_${name}`, endpoint])),
    close,
  };
}

function unknownAction(): AwsAnswer {
  return { kind: 'error', type: 'UnknownOperationException', status: 501 };
}

async function parse(request: IncomingMessage) {
  const text = await readText(request);
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const action = String(target).split('.').at(-1) ?? '';
    return { protocol: 'json', action, body: JSON.parse(text) };
  }
  if (request.method === 'GET') {
    const path = decodeURIComponent(request.url ?? '');
    const FunctionName = /\/functions\/(.+)\/configuration/.exec(path)?.[1];
    return FunctionName === undefined
      ? { protocol: 'rest', action: 'GetAccountSettings', body: {} }
      : { protocol: 'rest', action: 'GetFunctionConfiguration', body: { FunctionName } };
  }
  const body = Object.fromEntries(new URLSearchParams(text));
  return { protocol: 'query', action: body.Action ?? '', body };
}

function toQueryXml(action: string, answer: Exclude<AwsAnswer, { kind: 'hang' }>): string {
  if (answer.kind === 'error') {
    return `<ErrorResponse><Error><Type>Sender</Type><Code>${answer.type}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  }
  return `<${action}Response><${action}Result>${toXml(answer.body)}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;
}

/** Lists as the query protocol writes them: `<member>`. */
function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => `<member>${toXml(each)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, each]) => `<${name}>${toXml(each)}</${name}>`)
    .join('');
}
