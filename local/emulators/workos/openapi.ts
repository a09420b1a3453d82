import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type {
  CreateUserBody,
  ListQuery,
  ListUsersQuery,
  PasswordResetBody,
  PasswordSignInBody,
  RevokeSessionBody,
  StrictAuthFactor,
  StrictSession,
  StrictUser,
  UpdateUserBody,
} from './api-types.ts';
import { type OpenApi, type Parameter, readOpenApiSpec } from './openapi-spec.ts';

export interface OpenApiValidators {
  createUser: ValidateFunction<CreateUserBody>;
  updateUser: ValidateFunction<UpdateUserBody>;
  passwordReset: ValidateFunction<PasswordResetBody>;
  /** Of the spec's grants, `password` alone. */
  passwordSignIn: ValidateFunction<PasswordSignInBody>;
  revokeSession: ValidateFunction<RevokeSessionBody>;
  /** The lists' queries: they turn `limit` into a number and fill in defaults, in place. */
  listUsers: ValidateFunction<ListUsersQuery>;
  listSessions: ValidateFunction<ListQuery>;
  listAuthFactors: ValidateFunction<ListQuery>;
  email: ValidateFunction<string>;
  /** For checking answers, as everything below. */
  user: ValidateFunction<StrictUser>;
  userList: ValidateFunction<{ data: StrictUser[] }>;
  sessionList: ValidateFunction<{ data: StrictSession[] }>;
  authFactorList: ValidateFunction<{ data: StrictAuthFactor[] }>;
  authentication: ValidateFunction<{ user: StrictUser }>;
}

let compiled: OpenApiValidators | undefined;

/** Validators from npm `@workos/openapi-spec`: compiled once in a process. */
export function createOpenApiValidators(): OpenApiValidators {
  compiled ??= compile(readOpenApiSpec());
  return compiled;
}

function compile({ paths, components }: OpenApi): OpenApiValidators {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const { UserlandUser, AuthenticationFactor } = components.schemas;
  const closed = <T>(schema: object | undefined, metadataValues = ['string']) =>
    ajv.compile<T>({
      ...withMetadataValues(schema, metadataValues),
      components: { schemas: { UserlandUser, AuthenticationFactor } },
      unevaluatedProperties: false,
    });
  const named = <T>(name: string, metadataValues?: string[]) =>
    closed<T>(components.schemas[name], metadataValues);

  const { parameters: userParameters } = paths['/user_management/users'].get;
  const sessions = paths['/user_management/users/{id}/sessions'].get;
  const factors = paths['/user_management/users/{userlandUserId}/auth_factors'].get;
  const { requestBody } = paths['/user_management/authenticate'].post;
  const grants = requestBody.content['application/json'].schema.oneOf;
  return {
    createUser: named('CreateUserlandUserDto'),
    // https://workos.com/docs/authkit/metadata: null deletes a key; the spec says string only.
    updateUser: named('UpdateUserlandUserDto', ['string', 'null']),
    passwordReset: named('CreatePasswordResetTokenDto'),
    passwordSignIn: closed(grants.find((each) => each.properties.grant_type.const === 'password')),
    revokeSession: named('UserlandRevokeSessionDto'),
    listUsers: queryValidator(userParameters),
    listSessions: queryValidator(sessions.parameters),
    listAuthFactors: queryValidator(factors.parameters),
    email: ajv.compile<string>({ type: 'string', format: 'email' }),
    user: named('UserlandUser'),
    userList: named('UserlandUserList'),
    sessionList: closed(sessions.responses[200].content['application/json'].schema),
    authFactorList: named('UserlandUserAuthenticationFactorList'),
    authentication: named('UserlandAuthenticateResponse'),
  };
}

/** Query strings are text, and the spec's numbers are not. */
function queryValidator<T extends ListQuery>(parameters: Parameter[]): ValidateFunction<T> {
  const query = parameters.filter((parameter) => parameter.in === 'query');
  return new Ajv2020({ strict: false, coerceTypes: true, useDefaults: true }).compile({
    type: 'object',
    properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])),
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
