import fastify from 'fastify';
import { createAccounts } from './accounts.ts';
import { createAuthenticate } from './authenticate.ts';
import { createControl } from './control.ts';
import { emailToKey } from './email-key.ts';
import { createExchange } from './exchange.ts';
import { createGate } from './gate.ts';
import { createOpenApiValidators } from './openapi.ts';
import { createResetPassword } from './password-reset.ts';
import { addRoutes } from './routes.ts';
import type { StrictWorkos, StrictWorkosOptions } from './types.ts';
import { createUserStore } from './user-store.ts';

/**
 * Starts an HTTP stand-in for WorkOS's user_management API on a free port of 127.0.0.1. It follows
 * WorkOS's OpenAPI description and what WorkOS documents beside it: request schemas, uniqueness,
 * metadata rules, passwords, sessions, rate limits.
 */
export async function startStrictWorkos(options: StrictWorkosOptions = {}): Promise<StrictWorkos> {
  const { apiKey = 'sk_test_strict', clock = Date.now, latencyMs = 0, onAnswer } = options;
  const { emailComparison = 'unicode', allowDeletes = false, limits = {} } = options;
  const validators = createOpenApiValidators();
  const accounts = createAccounts(clock, (email) => emailToKey(email, emailComparison), options);
  const { control, key } = createControl(accounts, apiKey);
  const isKey = (secret: string) => key.current !== undefined && secret === key.current;
  const store = createUserStore({
    accounts,
    isEmail: (email) => validators.email(email),
    emulatorStyleConflicts: options.emulatorStyleConflicts ?? false,
    externalIdMaxLength: options.externalIdMaxLength ?? 64,
    lowercaseEmails: options.lowercaseEmails ?? false,
  });
  const refuse = createGate({ isKey, allowDeletes, limits, clock, validators });

  const app = fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 1_000 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  addRoutes(app, {
    serve: createExchange({ control, clock, latencyMs, refuse, onAnswer }),
    validators,
    accounts,
    store,
    authenticate: createAuthenticate({
      accounts,
      isKey,
      passwordSignInOff: () => control.resetRules.passwordSignInOff,
    }),
    resetPassword: createResetPassword(accounts.users, control, clock),
  });

  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const port = Number(new URL(url).port);
  return { url, hostname: '127.0.0.1', port, apiKey, control, close: () => app.close() };
}
