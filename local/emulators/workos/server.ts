import type { ValidateFunction } from 'ajv/dist/2020.js';
import fastify from 'fastify';
import { invalidRequest, notFound, refusal, schemaErrors } from './answers.ts';
import { createControl } from './control.ts';
import { createExchange } from './exchange.ts';
import { createOpenApiValidators } from './openapi.ts';
import { passwordReset, refuseReset } from './password-reset.ts';
import { createRateLimiter } from './rate-limits.ts';
import type { Answer, ArrivingRequest, StrictWorkos, StrictWorkosOptions } from './types.ts';
import { createUserIndex } from './user-index.ts';
import { createUserStore } from './user-store.ts';

const USERS = '/user_management/users';
const RESET = '/user_management/password_reset';
type ById = { Params: { id: string } };
type ByExternalId = { Params: { externalId: string } };

/**
 * Starts an HTTP stand-in for WorkOS's user_management API on a free port of 127.0.0.1. It follows
 * what WorkOS documents where WorkOS's own emulators are lax: request schemas, uniqueness, metadata
 * rules, rate limits.
 */
export async function startStrictWorkos(options: StrictWorkosOptions = {}): Promise<StrictWorkos> {
  const { apiKey = 'sk_test_strict', clock = Date.now, latencyMs = 0 } = options;
  const validators = createOpenApiValidators();
  const users = createUserIndex(() => new Date(clock()).toISOString());
  const { control, key, lockedEmails, identities } = createControl(users, apiKey);
  const store = createUserStore({
    users,
    lockedEmails,
    isEmail: (email) => validators.email(email),
    emulatorStyleConflicts: options.emulatorStyleConflicts ?? false,
    externalIdMaxLength: options.externalIdMaxLength ?? 64,
    lowercaseEmails: options.lowercaseEmails ?? false,
  });
  const limiter = createRateLimiter(options.limits ?? {});
  const serve = createExchange({ control, clock, latencyMs, refuse });

  function refuse({ method, path, body }: ArrivingRequest, authorization?: string) {
    // WorkOS does delete users; nothing in this project may.
    if (method === 'DELETE') return refusal(405, 'method_not_allowed', 'Nothing is ever deleted.');
    if (key.current === undefined || authorization !== `Bearer ${key.current}`) {
      return { status: 401, body: { message: 'Unauthorized' } };
    }
    const resetEmail = path === RESET && validators.passwordReset(body) ? body.email : undefined;
    const waitMs = limiter.admit(clock(), { write: method !== 'GET', resetEmail });
    return waitMs > 0 ? tooManyRequests(waitMs) : undefined;
  }

  const app = fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 1_000 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.get(USERS, (request, reply) =>
    serve(request, reply, () => checked(validators.listUsers, request.query, store.list)),
  );
  app.post(USERS, (request, reply) =>
    serve(request, reply, (body) => checked(validators.createUser, body, store.create)),
  );
  app.get<ById>(`${USERS}/:id`, (request, reply) =>
    serve(request, reply, () => found(users.byId(request.params.id), request.params.id)),
  );
  app.get<ByExternalId>(`${USERS}/external_id/:externalId`, (request, reply) =>
    serve(request, reply, () => {
      const { externalId } = request.params;
      return found(users.byExternalId(externalId), externalId);
    }),
  );
  app.put<ById>(`${USERS}/:id`, (request, reply) =>
    serve(request, reply, (body) =>
      checked(validators.updateUser, body, (valid) => store.update(request.params.id, valid)),
    ),
  );
  app.get<ById>(`${USERS}/:id/identities`, (request, reply) =>
    serve(request, reply, () => {
      const { id } = request.params;
      return found(users.byId(id) && (identities.get(id) ?? []), id);
    }),
  );
  app.post(RESET, (request, reply) =>
    serve(request, reply, (body) =>
      checked(validators.passwordReset, body, ({ email }) => {
        const user = users.byEmail(email);
        if (!user) return notFound('User', email);
        const refused = refuseReset(user, control.resets.length, control.resetRules);
        if (refused) return refused;
        const at = clock();
        const number = control.resets.push({ email: user.email, userId: user.id, at });
        return { status: 201, body: passwordReset(user, number, at) };
      }),
    ),
  );
  app.setNotFoundHandler((request, reply) =>
    serve(request, reply, () => refusal(404, 'not_found', `No ${request.method} ${request.url}`)),
  );

  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const port = Number(new URL(url).port);
  return { url, hostname: '127.0.0.1', port, apiKey, control, close: () => app.close() };
}

/** https://workos.com/docs/reference/rate-limits: 429 with Retry-After, in whole seconds. */
function tooManyRequests(waitMs: number): Answer {
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1_000)) };
  return { ...refusal(429, 'rate_limit', 'Too Many Requests'), headers };
}

function checked<T>(
  validate: ValidateFunction<T>,
  value: unknown,
  operation: (value: T) => Answer,
): Answer {
  return validate(value) ? operation(value) : invalidRequest(schemaErrors(validate.errors));
}

function found(body: object | undefined, id: string): Answer {
  return body ? { status: 200, body } : notFound('User', id);
}
