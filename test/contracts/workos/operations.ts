import { readOpenApiSpec } from '../../../local/emulators/workos/openapi-spec.ts';
import type { Addressed, ArrivedRequest } from '../exchange.ts';

/** A JSON schema of the OpenAPI description. */
export type Schema = { [keyword: string]: unknown };

export type OpenApiOperation = {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: JsonContent };
  responses: Record<string, { content?: JsonContent }>;
};

type JsonContent = { 'application/json'?: { schema: Schema } };

type Template = { method: string; path: string; pattern: RegExp; labels: number };

let description: ReturnType<typeof read> | undefined;

function read() {
  const spec: { paths: object; components: { schemas: Record<string, object> } } =
    readOpenApiSpec();
  const operations = new Map<string, OpenApiOperation>();
  const templates: Template[] = [];
  for (const [path, methods] of Object.entries<Record<string, OpenApiOperation>>({
    ...spec.paths,
  })) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!METHODS.has(method)) continue;
      operations.set(`${method.toUpperCase()} ${path}`, operation);
      const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
      const labels = path.split('{').length;
      templates.push({ method: method.toUpperCase(), path, pattern, labels });
    }
  }
  // Of two that fit, the one with fewer labels is meant.
  templates.sort((a, b) => a.labels - b.labels);
  return { operations, templates, schemas: spec.components.schemas };
}

const METHODS = new Set(['get', 'put', 'post', 'patch', 'delete']);

/** The operation `METHOD /path/{template}` of WorkOS's description, and the schemas that it refers to. */
export function workosOperation(name: string) {
  description ??= read();
  return { operation: description.operations.get(name), schemas: description.schemas };
}

/** The operation that a request is for; `?`: for WorkOS, but it has none. Undefined: not for WorkOS. */
export function workosAddressOf({
  method,
  target,
  headers,
}: ArrivedRequest): Addressed | undefined {
  const isForWorkos =
    target.startsWith('/user_management') || String(headers['user-agent']).startsWith('workos');
  if (!isForWorkos) return undefined;
  description ??= read();
  const path = target.split('?')[0] ?? '';
  const found = description.templates.find(
    (each) => each.method === method && each.pattern.test(path),
  );
  return { service: 'workos', operation: found ? `${method} ${found.path}` : '?' };
}
