import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { answerRequest, usernameIn } from './api.ts';
import type { Body } from './body.ts';
import { type CallEvent, watchCall } from './call-event.ts';
import { CognitoError, type PoolUser, UnsupportedError } from './cognito-local.ts';
import { addUsers, createCognitoEngine } from './engine.ts';
import {
  createFederatedSignIn,
  type FederatedSignIn,
  type FederatedUser,
} from './federated-sign-in.ts';
import { createSrpVerifier } from './srp.ts';
import { createTriggerCaller, type TriggerName } from './triggers.ts';

export type LocalCognito = {
  /** The Cognito endpoint. */
  url: string;
  federatedSignIn(person: FederatedSignIn): Promise<FederatedUser>;
  /** Puts users into a pool as if they had long been there: no trigger is called. */
  addUsers(userPoolId: string, users: readonly PoolUser[]): Promise<void>;
  close(): Promise<void>;
};

export type LocalCognitoOptions = {
  lambdaUrl: string;
  region?: string;
  /** The function attached to each trigger. */
  functions: Partial<Record<TriggerName, string>>;
  /** Of every request, before it is answered: the API action and the username it names. */
  onRequest?: ((action: string, username: string | undefined) => void) | undefined;
  /** Told of profiles that are new or changed. */
  onProfiles?: ((profiles: readonly PoolUser[]) => void) | undefined;
  /** Told of the sub of every profile that was deleted. */
  onProfileGone?: ((sub: string) => void) | undefined;
  /** Of every call that is not read-only, before its answer is sent: what CloudTrail reports of it. */
  onCall?: ((event: CallEvent) => Promise<void>) | undefined;
};

/**
 * A Cognito on this machine: cognito-local, with what it lacks in front of its API ({@link
 * answerRequest}). `POST /federated-sign-in` stands in for the hosted sign-in page.
 */
export async function startCognito(options: LocalCognitoOptions): Promise<LocalCognito> {
  const directory = await mkdtemp(join(tmpdir(), 'cognito-workos-sync-users-'));
  const region = options.region ?? 'us-east-1';
  const callTrigger = createTriggerCaller({ ...options, region });
  const engine = await createCognitoEngine(directory, region, callTrigger, options);
  const srp = createSrpVerifier();
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
    const report = await watchCall(engine, { action, body, region });
    const answer = await answerRequest(engine, callTrigger, srp, { action, body }).catch(
      async (error) => {
        if (report) await options.onCall?.(report({ errorCode: asCognitoError(error).code }));
        throw error;
      },
    );
    if (report) await options.onCall?.(report({ answer }));
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
    async addUsers(userPoolId, users) {
      await addUsers(engine, userPoolId, users);
      options.onProfiles?.(users);
    },
    async close() {
      await api.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
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
