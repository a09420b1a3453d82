import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

/** What the stand-in reads of WorkOS's OpenAPI description. */
export interface OpenApi {
  paths: {
    '/user_management/users': { get: ListOperation };
    '/user_management/users/{id}/sessions': {
      get: ListOperation & { responses: { 200: JsonContent } };
    };
    '/user_management/users/{userlandUserId}/auth_factors': { get: ListOperation };
    '/user_management/authenticate': {
      post: { requestBody: JsonContent & { content: JsonBody<{ oneOf: GrantSchema[] }> } };
    };
  };
  components: { schemas: Record<string, object> };
}

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  schema: object;
}

interface ListOperation {
  parameters: Parameter[];
}

interface JsonContent {
  content: JsonBody<object>;
}

type JsonBody<Schema> = { 'application/json': { schema: Schema } };

type GrantSchema = { properties: { grant_type: { const: string } } };

/**
 * The spec of npm `@workos/openapi-spec`. Parsing its 1.1 MB of YAML takes a second or two, so the
 * outcome is kept beside the package.
 */
export function readOpenApiSpec(): OpenApi {
  const { resolve } = createRequire(import.meta.url);
  const yaml = resolve('@workos/openapi-spec/spec');
  const { mtimeMs, size } = statSync(yaml);
  const folder = join(dirname(yaml), '..', '..', '.cache', 'strict-workos');
  const cached = join(folder, `${size}-${Math.trunc(mtimeMs)}.json`);
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, 'utf8'));

  const spec = parse(readFileSync(yaml, 'utf8'), { maxAliasCount: -1 });
  mkdirSync(folder, { recursive: true });
  // Test files run side by side: none may see half a file.
  const draft = `${cached}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(spec));
  renameSync(draft, cached);
  return spec;
}
