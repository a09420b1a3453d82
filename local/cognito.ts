import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { type CognitoEngine, createCognitoEngine, triggerAttributes } from './cognito-engine.ts';
import { CognitoError, context, UnsupportedError } from './cognito-local.ts';
import { type CallTrigger, createTriggerCaller, type TriggerName } from './cognito-triggers.ts';
import {
  createFederatedSignIn,
  type FederatedSignIn,
  type FederatedUser,
} from './federated-sign-in.ts';

export type LocalCognito = {
  /** The Cognito endpoint. */
  url: string;
  federatedSignIn(person: FederatedSignIn): Promise<FederatedUser>;
  close(): Promise<void>;
};

export type LocalCognitoOptions = {
  lambdaUrl: string;
  region?: string;
  /** The function attached to each trigger. */
  functions: Partial<Record<TriggerName, string>>;
  /** Of every request, before it is answered: the API action and the username it names. */
  onRequest?: ((action: string, username: string | undefined) => void) | undefined;
};

// biome-ignore lint/suspicious/noExplicitAny: any request of the API; cognito-local checks it
type Body = any;

/**
 * A Cognito on this machine: cognito-local, with what it lacks in front of its API. PreAuthentication
 * is called before the password is checked, ListUsers has pages, and nobody signs up with an address
 * that counts as verified. `POST /federated-sign-in` stands in for the hosted sign-in page.
 */
export async function startCognito(options: LocalCognitoOptions): Promise<LocalCognito> {
  const directory = await mkdtemp(join(tmpdir(), 'cognito-workos-sync-users-'));
  const region = options.region ?? 'us-east-1';
  const callTrigger = createTriggerCaller({ ...options, region });
  const engine = await createCognitoEngine(directory, callTrigger);
  const arrive = createFederatedSignIn(engine, callTrigger);
  const federatedSignIn = (person: FederatedSignIn) => {
    options.onRequest?.(`sign-in through ${person.providerName}`, person.email);
    return arrive(person);
  };

  const api = fastify({ forceCloseConnections: true });
  const json = { parseAs: 'string' } as const;
  api.addContentTypeParser('application/x-amz-json-1.1', json, (_request, body, done) =>
    done(null, JSON.parse(String(body) || '{}')),
  );
  api.post('/', async (request, reply) => {
    const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const body: Body = request.body;
    options.onRequest?.(action, usernameIn(body));
    const answer = await answerRequest(engine, callTrigger, action, body);
    reply.type('application/x-amz-json-1.1');
    return `${JSON.stringify(answer, datesAsSeconds)}\n`;
  });
  api.post<{ Body: FederatedSignIn }>('/federated-sign-in', ({ body }) => federatedSignIn(body));
  api.setErrorHandler(async (error, _request, reply) => {
    const { code, message } = asCognitoError(error);
    reply.code(400).header('x-amzn-errortype', code).type('application/x-amz-json-1.1');
    return JSON.stringify({ __type: code, message });
  });
  await api.listen({ host: '127.0.0.1', port: 0 });

  return {
    url: `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`,
    federatedSignIn,
    async close() {
      await api.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answerRequest(
  engine: CognitoEngine,
  callTrigger: CallTrigger,
  action: string,
  body: Body,
) {
  switch (action) {
    case 'SignUp':
      return engine.route(action)(context, withUnverifiedEmail(body));
    case 'InitiateAuth':
    case 'AdminInitiateAuth':
      await preAuthenticate(engine, callTrigger, body);
      return engine.route(action)(context, body);
    case 'ListUsers':
      return page(await engine.route(action)(context, body), body);
    default:
      return engine.route(action)(context, body);
  }
}

function usernameIn({ Username, AuthParameters, ChallengeResponses }: Body): string | undefined {
  return Username ?? AuthParameters?.USERNAME ?? ChallengeResponses?.USERNAME;
}

/** Calls PreAuthentication for whoever claims to sign in; a refreshed token is no sign-in. */
async function preAuthenticate({ cognito }: CognitoEngine, callTrigger: CallTrigger, body: Body) {
  const { AuthFlow, AuthParameters, ClientId: clientId, ClientMetadata } = body;
  if (String(AuthFlow).startsWith('REFRESH_TOKEN') || !AuthParameters?.USERNAME) return;
  const client = await cognito.getAppClient(context, clientId);
  if (!client) return;
  const pool = await cognito.getUserPool(context, client.UserPoolId);
  const user = await pool.getUserByUsername(context, AuthParameters.USERNAME);
  const hidesUnknownUsers = client.PreventUserExistenceErrors === 'ENABLED';
  if (!user && !hidesUnknownUsers) return;
  await callTrigger({
    trigger: 'PreAuthentication',
    triggerSource: 'PreAuthentication_Authentication',
    userPoolId: client.UserPoolId,
    clientId,
    userName: user?.Username ?? AuthParameters.USERNAME,
    request: {
      userAttributes: user ? triggerAttributes(user) : {},
      validationData: ClientMetadata ?? {},
      ...(hidesUnknownUsers && { userNotFound: user === null }),
    },
  });
}

/** Who signs up cannot say that the address is verified; cognito-local would believe it. */
function withUnverifiedEmail(body: Body): Body {
  const attributes: { Name: string }[] = body.UserAttributes ?? [];
  const claimed = attributes.filter(({ Name }) => Name !== 'email_verified');
  return { ...body, UserAttributes: [...claimed, { Name: 'email_verified', Value: 'false' }] };
}

/** Sixty users a page at most; cognito-local gives them all at once. */
function page({ Users }: Body, { Limit = 60, PaginationToken = '0' }: Body) {
  const start = Number(PaginationToken);
  const end = start + Math.min(Limit, 60);
  const more = end < Users.length && { PaginationToken: String(end) };
  return { Users: Users.slice(start, end), ...more };
}

function asCognitoError(error: unknown): { code: string; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CognitoError) return { code: error.code, message };
  if (error instanceof UnsupportedError) return { code: 'UnsupportedOperationException', message };
  return { code: 'InvalidParameterException', message };
}

function datesAsSeconds(this: Body, key: string, value: unknown) {
  const original: unknown = this[key];
  return original instanceof Date ? original.getTime() / 1000 : value;
}
