import type { ArrivedRequest, GivenAnswer } from '../exchange.ts';
import type { Breach } from '../violation.ts';
import { uriLabels } from './address.ts';
import { type Operation, type ServiceModel, shapeOf } from './models.ts';
import { textToValue } from './text-value.ts';

/** The input in the path, query, headers and body of a request, and the query's parameters that are unknown. */
export function readRestRequest(
  model: ServiceModel,
  { http, input }: Operation,
  request: ArrivedRequest,
): { value: unknown; breaches: Breach[] } {
  const labels = uriLabels(http.requestUri, request) ?? {};
  const query = new URL(request.target, 'http://aws').searchParams;
  const known = new Set<string>();
  const value: Record<string, unknown> = {};
  const shape = input && shapeOf(model, input.shape);
  for (const [name, member] of Object.entries(shape?.members ?? {})) {
    const { location, locationName = name } = member;
    const texts = { uri: labels[locationName], querystring: query.get(locationName) ?? undefined };
    if (location === 'querystring') known.add(locationName);
    const text = location === 'header' ? headerOf(request.headers, locationName) : undefined;
    const found = location === 'uri' || location === 'querystring' ? texts[location] : text;
    if (found !== undefined) value[name] = textToValue(shapeOf(model, member.shape), found);
  }
  Object.assign(value, readBody(shape?.payload, request.body));
  const breaches = [...query.keys()]
    .filter((name) => !known.has(name))
    .map((name) => ({ pointer: '', rule: 'unknown', detail: `there is no parameter ${name}` }));
  return { value, breaches };
}

/** The output in the status, headers and body of an answer. */
export function readRestAnswer(
  model: ServiceModel,
  { output }: Operation,
  { status, headers, body }: GivenAnswer,
): unknown {
  const shape = output && shapeOf(model, output.shape);
  const value: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(shape?.members ?? {})) {
    const { location, locationName = name } = member;
    if (location === 'statusCode') value[name] = status;
    const text = location === 'header' ? headerOf(headers, locationName) : undefined;
    if (text !== undefined) value[name] = textToValue(shapeOf(model, member.shape), text);
  }
  return Object.assign(value, readBody(shape?.payload, body));
}

/** The payload as the JSON protocols have a blob; without one, the members of the JSON in the body. */
function readBody(payload: string | undefined, body: Buffer): object {
  if (payload !== undefined) return { [payload]: body.toString('base64') };
  return body.length === 0 ? {} : JSON.parse(body.toString());
}

function headerOf(headers: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return value === undefined ? undefined : String(value);
}
