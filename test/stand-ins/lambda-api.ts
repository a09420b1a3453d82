import { readText, startLocalServer } from './local-server.ts';

export type ListedFunction = {
  FunctionName: string;
  FunctionArn: string;
  Environment?: { Variables: Record<string, string> };
};

/** The Lambda API without invocation: ListTags, TagResource and ListFunctions (Lambda API reference). */
export type LambdaApi = {
  endpoint: string;
  /** Tags by ARN: ListTags and TagResource. */
  tags: Record<string, Record<string, string>>;
  /** ListFunctions gives them one a page. */
  functions: ListedFunction[];
  /** Every request answers AccessDeniedException. */
  denied: boolean;
  close(): Promise<void>;
};

export async function startLambdaApi(): Promise<LambdaApi> {
  const { endpoint, close } = await startLocalServer(async (request, response) => {
    const text = await readText(request);
    const send = (status: number, body: object, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    const url = new URL(request.url ?? '', 'http://lambda');
    if (api.denied) {
      const message = 'User: arn:aws:iam::111122223333:user/eve is not authorized to perform that';
      return send(403, { message }, { 'x-amzn-errortype': 'AccessDeniedException' });
    }
    if (url.pathname.startsWith('/2015-03-31/functions')) {
      const at = Number(url.searchParams.get('Marker') ?? 0);
      const isLast = at + 1 >= api.functions.length;
      const Functions = api.functions.slice(at, at + 1);
      return send(200, { Functions, ...(!isLast && { NextMarker: String(at + 1) }) });
    }
    const arn = decodeURIComponent(url.pathname.replace('/2017-03-31/tags/', ''));
    if (request.method === 'GET') return send(200, { Tags: api.tags[arn] ?? {} });
    api.tags[arn] = { ...api.tags[arn], ...JSON.parse(text).Tags };
    response.writeHead(204).end();
  });
  const api: LambdaApi = { endpoint, tags: {}, functions: [], denied: false, close };
  return api;
}
