import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Answer } from './api-types.ts';

/** A refusal in the shape the OpenAPI spec gives every 4xx: a code and a message. */
export function refusal(status: number, code: string, message: string, more: object = {}): Answer {
  return { status, body: { code, message, ...more } };
}

export interface CodedError {
  code: string;
  message: string;
}

/** OpenAPI, create user, 400: the reasons are in `errors`. */
export function userCreationError(errors: CodedError[]): Answer {
  const message = `Could not create user: ${errors.map((error) => error.message).join(' ')}`;
  return refusal(400, 'user_creation_error', message, { errors });
}

/** OpenAPI: 422 for every request that does not fit its schema. */
export function invalidRequest(errors: CodedError[]): Answer {
  return refusal(422, 'invalid_request_parameters', 'Validation failed.', { errors });
}

export function schemaErrors(errors: ErrorObject[] | null | undefined): CodedError[] {
  return (errors ?? []).map(({ keyword, instancePath, message = 'is invalid', params }) => ({
    code: keyword,
    message: `${instancePath || 'request'} ${message} ${JSON.stringify(params)}`,
  }));
}

export function notFound(what: string, id: string): Answer {
  return refusal(404, 'entity_not_found', `${what} not found: '${id}'.`, { entity_id: id });
}
