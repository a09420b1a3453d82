import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from './accounts.ts';
import { invalidRequest, notFound, refusal, schemaErrors } from './answers.ts';
import type { Answer, PasswordResetBody, PasswordSignInBody, StrictUser } from './api-types.ts';
import type { OpenApiValidators } from './openapi.ts';
import { listPage } from './pages.ts';
import { twoPasswords } from './passwords.ts';
import type { UserStore } from './user-store.ts';

const USERS = '/user_management/users';
export const PASSWORD_RESET = '/user_management/password_reset';
export const AUTHENTICATE = '/user_management/authenticate';
const REVOKE_SESSION = '/user_management/sessions/revoke';

export interface RouteSettings {
  serve(
    request: FastifyRequest<object>,
    reply: FastifyReply,
    operation: (body: unknown) => Answer,
  ): void;
  validators: OpenApiValidators;
  accounts: Accounts;
  store: UserStore;
  authenticate: (body: PasswordSignInBody) => Answer;
  resetPassword: (body: PasswordResetBody) => Answer;
}

interface Call {
  /** The path's; empty where it has none. */
  id: string;
  query: unknown;
  body: unknown;
}

/** The paths of WorkOS's OpenAPI description that the stand-in knows; every other is 404. */
export function addRoutes(app: FastifyInstance, settings: RouteSettings): void {
  const { serve, validators, accounts, store } = settings;
  const { users, identities, sessions, factors } = accounts;

  function on(method: string, url: string, operation: (call: Call) => Answer): void {
    app.route<{ Params: { id?: string } }>({
      method,
      url,
      handler: (request, reply) =>
        serve(request, reply, (body) =>
          operation({ id: request.params.id ?? '', query: request.query, body }),
        ),
    });
  }

  function ofUser(user: StrictUser | undefined, id: string, answer: () => Answer): Answer {
    return user ? answer() : notFound('User', id);
  }

  on('GET', USERS, ({ query }) => checked(validators.listUsers, query, store.list));
  on(
    'POST',
    USERS,
    ({ body }) => twoPasswords(body) ?? checked(validators.createUser, body, store.create),
  );
  on('GET', `${USERS}/external_id/:id`, ({ id }) => {
    const user = users.byExternalId(id);
    return ofUser(user, id, () => ok(user));
  });
  on('GET', `${USERS}/:id`, ({ id }) => {
    const user = users.byId(id);
    return ofUser(user, id, () => ok(user));
  });
  on(
    'PUT',
    `${USERS}/:id`,
    ({ id, body }) =>
      twoPasswords(body) ??
      checked(validators.updateUser, body, (valid) => store.update(id, valid)),
  );
  on('DELETE', `${USERS}/:id`, ({ id }) => store.remove(id));
  on('GET', `${USERS}/:id/identities`, ({ id }) =>
    ofUser(users.byId(id), id, () => ok(identities.get(id) ?? [])),
  );
  on('GET', `${USERS}/:id/sessions`, ({ id, query }) =>
    ofUser(users.byId(id), id, () =>
      checked(validators.listSessions, query, (valid) => listPage(sessions.activeOf(id), valid)),
    ),
  );
  // The spec has no 404 for factors; it has one for everything else of an unknown user.
  on('GET', `${USERS}/:id/auth_factors`, ({ id, query }) =>
    ofUser(users.byId(id), id, () =>
      checked(validators.listAuthFactors, query, (valid) => listPage(factors.of(id), valid)),
    ),
  );
  on('POST', AUTHENTICATE, ({ body }) =>
    checked(validators.passwordSignIn, body, settings.authenticate),
  );
  on('POST', REVOKE_SESSION, ({ body }) =>
    checked(validators.revokeSession, body, ({ session_id: id }) =>
      // OpenAPI, revoke session: 200 without content, or 400. Which of them a session gets that has
      // ended already is not documented: refused, the worse for a client.
      sessions.revoke(id) ? ok(undefined) : refuseSession(id),
    ),
  );
  on('POST', PASSWORD_RESET, ({ body }) =>
    checked(validators.passwordReset, body, settings.resetPassword),
  );
  app.setNotFoundHandler((request, reply) =>
    serve(request, reply, () => refusal(404, 'not_found', `No ${request.method} ${request.url}`)),
  );
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function refuseSession(id: string): Answer {
  return { status: 400, body: { message: `Session not found: '${id}'.` } };
}

function checked<T>(
  validate: ValidateFunction<T>,
  value: unknown,
  operation: (value: T) => Answer,
): Answer {
  return validate(value) ? operation(value) : invalidRequest(schemaErrors(validate.errors));
}
