import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import type {
  CreateUserBody,
  ListUsersQuery,
  PasswordResetBody,
  StrictUser,
  UpdateUserBody,
} from './types.ts';

export interface OpenApiValidators {
  createUser: ValidateFunction<CreateUserBody>;
  updateUser: ValidateFunction<UpdateUserBody>;
  passwordReset: ValidateFunction<PasswordResetBody>;
  /** Turns `limit` into a number and fills in defaults, in place. */
  listUsers: ValidateFunction<ListUsersQuery>;
  email: ValidateFunction<string>;
  /** For checking answers. */
  user: ValidateFunction<StrictUser>;
  userList: ValidateFunction<{ data: StrictUser[] }>;
}

interface OpenApi {
  paths: { '/user_management/users': { get: { parameters: Parameter[] } } };
  components: { schemas: Record<string, object> };
}

interface Parameter {
  name: string;
  schema: object;
}

let compiled: OpenApiValidators | undefined;

/** Validators from npm `@workos/openapi-spec`: compiled once in a process. */
export function createOpenApiValidators(): OpenApiValidators {
  compiled ??= compile(readSpec());
  return compiled;
}

/** Parsing 1.1 MB of YAML takes a second or two, so the outcome is kept beside the package. */
function readSpec(): OpenApi {
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

function compile({ paths, components }: OpenApi): OpenApiValidators {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const { UserlandUser } = components.schemas;
  const body = <T>(name: string, metadataValues: string[]) =>
    ajv.compile<T>({
      ...withMetadataValues(components.schemas[name], metadataValues),
      components: { schemas: { UserlandUser } },
      unevaluatedProperties: false,
    });

  return {
    createUser: body('CreateUserlandUserDto', ['string']),
    // https://workos.com/docs/authkit/metadata: null deletes a key; the spec says string only.
    updateUser: body('UpdateUserlandUserDto', ['string', 'null']),
    passwordReset: body('CreatePasswordResetTokenDto', ['string']),
    listUsers: listUsersValidator(paths['/user_management/users'].get.parameters),
    email: ajv.compile<string>({ type: 'string', format: 'email' }),
    user: body('UserlandUser', ['string']),
    userList: body('UserlandUserList', ['string']),
  };
}

/** Query strings are text, and the spec's numbers are not. */
function listUsersValidator(parameters: Parameter[]): ValidateFunction<ListUsersQuery> {
  return new Ajv2020({ strict: false, coerceTypes: true, useDefaults: true }).compile({
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    additionalProperties: false,
  });
}

/** The spec's limits on metadata are looser than the guide's, which the stand-in enforces itself. */
function withMetadataValues(schema: object | undefined, type: string[]) {
  if (!schema) throw new Error('open-api-spec.yaml lacks a schema that is needed here');
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'metadata' ? { type: ['object', 'null'], additionalProperties: { type } } : value,
  );
}
