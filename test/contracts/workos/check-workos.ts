import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Addressed, ArrivedRequest, GivenAnswer } from '../exchange.ts';
import type { Breach } from '../violation.ts';
import { toClosedSchema } from './closed-schema.ts';
import { type Schema, workosOperation } from './operations.ts';

/** What of a request WorkOS's OpenAPI description does not have. */
export function checkWorkosRequest(
  { operation: name }: Addressed,
  request: ArrivedRequest,
): Breach[] {
  const { operation, schemas } = workosOperation(name);
  if (!operation) {
    const detail = `WorkOS has no ${request.method} ${request.target.split('?')[0]}`;
    return [{ pointer: '', rule: 'operation', detail }];
  }
  const { requestBody, parameters = [] } = operation;
  const query = [...new URL(request.target, 'http://workos').searchParams];
  const breaches = validate(`${name} query`, Object.fromEntries(query), () => {
    const known = parameters.filter((each) => each.in === 'query');
    return {
      type: 'object',
      properties: Object.fromEntries(
        known.map((each) => [each.name, toClosedSchema(each.schema, schemas)]),
      ),
      required: known.filter((each) => each.required).map((each) => each.name),
      additionalProperties: false,
    };
  });
  const schema = requestBody?.content['application/json']?.schema;
  const body = parse(request.body);
  if (body === undefined && !requestBody?.required) return breaches;
  const bodySchema = () => (schema ? toClosedSchema(schema, schemas) : { not: {} });
  return [...breaches, ...validate(`${name} body`, body, bodySchema)];
}

/**
 * What of an answer the description does not have. The members of an error are a lower bound: it says `code` and
 * `message` of answers that have `errors` as well.
 */
export function checkWorkosAnswer({ operation: name }: Addressed, answer: GivenAnswer): Breach[] {
  const { operation, schemas } = workosOperation(name);
  // The request has been reported already.
  if (!operation) return [];
  const { status } = answer;
  const response = operation.responses[status];
  if (!response) {
    return [{ pointer: '', rule: 'status', detail: `${status} is not documented` }];
  }
  const schema = response.content?.['application/json']?.schema;
  const body = parse(answer.body);
  if (!schema) {
    if (body === undefined) return [];
    return [{ pointer: '', rule: 'content', detail: `${status} has no content` }];
  }
  const toSchema = () =>
    status < 300 ? toClosedSchema(schema, schemas) : withoutClosing(schema, schemas);
  return validate(`${name} ${status}`, body, toSchema);
}

function withoutClosing(schema: Schema, schemas: Record<string, object>): Schema {
  return { ...schema, components: { schemas } };
}

const compiled = new Map<string, ValidateFunction>();
let compilers: { bodies: Ajv2020; queries: Ajv2020 } | undefined;

function validate(key: string, value: unknown, toSchema: () => Schema): Breach[] {
  const known = compiled.get(key) ?? compile(key, toSchema());
  compiled.set(key, known);
  return known(value) ? [] : (known.errors ?? []).map(toBreach);
}

function compile(key: string, schema: Schema): ValidateFunction {
  compilers ??= createCompilers();
  return (key.endsWith('query') ? compilers.queries : compilers.bodies).compile(schema);
}

function createCompilers() {
  // `verbose`: errors carry the value.
  const options = { strict: false, allErrors: true, verbose: true };
  const bodies = new Ajv2020(options);
  // A query is text, and the description's numbers are not.
  const queries = new Ajv2020({ ...options, coerceTypes: true });
  for (const ajv of [bodies, queries]) formats.default(ajv);
  return { bodies, queries };
}

function toBreach({ instancePath, keyword, message = '', params, data }: ErrorObject): Breach {
  const value = JSON.stringify(data)?.slice(0, 80) ?? 'nothing';
  const detail = `${message} ${JSON.stringify(params)}: ${value}`;
  return { pointer: instancePath, rule: keyword, detail };
}

/** What is not JSON stays text, which no schema allows. */
function parse(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    return body.toString();
  }
}
