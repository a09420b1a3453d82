import { AwsError, type ParsedRequest } from './types.ts';

/** The query protocol: a form, with lists as `Name.member.1`. */
export function parseQueryRequest(text: string): ParsedRequest {
  const form = new URLSearchParams(text);
  const input: Record<string, string | string[]> = {};
  for (const [name, value] of form) {
    const list = /^(\w+)\.member\.\d+$/.exec(name)?.[1];
    if (list === undefined) input[name] = value;
    else input[list] = [...(Array.isArray(input[list]) ? input[list] : []), value];
  }
  return { protocol: 'query', action: form.get('Action') ?? '', input };
}

/** Lambda's REST paths (API reference: ListFunctions, GetFunctionConfiguration, ListTags, TagResource, …). */
export function parseLambdaRequest(method: string, address: string, text: string): ParsedRequest {
  const url = new URL(address, 'http://lambda');
  const path = decodeURIComponent(url.pathname).replace(/\/$/, '');
  const input = { ...Object.fromEntries(url.searchParams), ...(text && JSON.parse(text)) };
  const rest = (action: string, more = {}): ParsedRequest => ({
    protocol: 'rest',
    action,
    input: { ...input, ...more },
  });
  if (path === '/2016-08-19/account-settings') return rest('GetAccountSettings');
  const Resource = /^\/2017-03-31\/tags\/(.+)$/.exec(path)?.[1];
  if (Resource !== undefined) {
    return rest(method === 'GET' ? 'ListTags' : 'TagResource', { Resource });
  }
  const FunctionName = /^\/2015-03-31\/functions\/(.+)\/configuration$/.exec(path)?.[1];
  if (FunctionName !== undefined) return rest('GetFunctionConfiguration', { FunctionName });
  return rest(path === '/2015-03-31/functions' ? 'ListFunctions' : `${method} ${path}`);
}

/** An answer or an error of the query protocol. */
export function toQueryXml(action: string, body: object): string {
  if (body instanceof AwsError) {
    return `<ErrorResponse><Error><Type>Sender</Type><Code>${body.name}</Code><Message>${escapeXml(body.message)}</Message></Error><RequestId>local</RequestId></ErrorResponse>`;
  }
  return `<${action}Response><${action}Result>${toXml(body)}</${action}Result><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></${action}Response>`;
}

function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => `<member>${toXml(each)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, each]) => `<${name}>${toXml(each)}</${name}>`)
    .join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
