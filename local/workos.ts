import type { AddressInfo } from 'node:net';
import fastify, { type FastifyRequest } from 'fastify';
import { loadWorkosEmulator, type WorkosUser } from './workos-emulator.ts';

export type { WorkosUser } from './workos-emulator.ts';

export type WorkosRequest = {
  method: string;
  path: string;
  status: number;
  /** The user in the answer, if it is one. */
  user?: WorkosUser;
};

export type LocalWorkos = { url: string; port: number; apiKey: string; close(): Promise<void> };

type UserInput = Partial<Omit<WorkosUser, 'metadata'>> & {
  metadata?: Record<string, string | null>;
};

const API_KEY = 'sk_test_local';
const USERS = '/user_management/users';

/**
 * A WorkOS on this machine: WorkOS's own emulator, with what it is lax about put right. Metadata
 * merges key by key, an update may change the email, emails and external ids are unique (400, with
 * the codes of WorkOS's OpenAPI description), and `?email=` takes no notice of case.
 *
 * @param options.onRequest is told of every request once it is answered.
 */
export async function startWorkos(
  options: { onRequest?: ((request: WorkosRequest) => void) | undefined } = {},
): Promise<LocalWorkos> {
  const emulator = await loadWorkosEmulator(API_KEY);
  const { users } = emulator;
  const api = fastify({ forceCloseConnections: true });
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  async function answer(request: FastifyRequest): Promise<{ status: number; text: string }> {
    const url = new URL(request.url, 'http://127.0.0.1');
    const route = `${request.method} ${url.pathname}`;
    const id = url.pathname.slice(USERS.length + 1);
    if (route === `GET ${USERS}`) matchEmailFilter(url, users.all());
    if (route !== `POST ${USERS}` && route !== `PUT ${USERS}/${id}`) return pass(request, url);

    const input: UserInput = JSON.parse(String(request.body));
    const code = takenBy(users.all(), id, input);
    if (code) return { status: 400, text: JSON.stringify(refusal(request.method, code)) };
    const { email, metadata } = input;
    const merged = metadata && mergeMetadata(users.get(id)?.metadata, metadata);
    const passed = await pass(request, url, { ...input, ...(merged && { metadata: merged }) });
    if (passed.status !== 200 || email === undefined) return passed;
    users.update(id, { email });
    return { ...passed, text: JSON.stringify({ ...JSON.parse(passed.text), email }) };
  }

  async function pass(request: FastifyRequest, url: URL, input?: unknown) {
    const { method, headers } = request;
    const body = input === undefined ? (request.body as string | undefined) : JSON.stringify(input);
    const authorization = headers.authorization ?? '';
    const response = await emulator.fetch(
      new Request(url, { method, headers: { authorization }, ...(body && { body }) }),
    );
    return { status: response.status, text: await response.text() };
  }

  api.all('/*', async (request, reply) => {
    const { status, text } = await answer(request);
    const path = request.url.split('?', 1)[0] ?? '';
    const user = status < 300 ? userIn(text) : undefined;
    options.onRequest?.({ method: request.method, path, status, ...(user && { user }) });
    reply.code(status).type('application/json');
    return text;
  });
  await api.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, apiKey: API_KEY, close: () => api.close() };
}

/** Why WorkOS would refuse the write: another user has the email or the external id. */
function takenBy(users: WorkosUser[], id: string, input: UserInput): string | undefined {
  const others = users.filter((user) => user.id !== id);
  const { email, external_id } = input;
  if (email && others.some((user) => sameEmail(user.email, email))) return 'email_not_available';
  if (external_id && others.some((user) => user.external_id === external_id)) {
    return 'external_id_already_used';
  }
  return undefined;
}

function refusal(method: string, code: string) {
  const message = 'Request could not be processed.';
  if (method === 'PUT') return { code, message };
  return { code: 'user_creation_error', message, errors: [{ code, message }] };
}

/** Keys merge, null deletes one, and `{}` deletes them all. */
function mergeMetadata(
  before: Record<string, string> = {},
  changes: Record<string, string | null>,
): Record<string, string> {
  if (Object.keys(changes).length === 0) return {};
  const merged = Object.entries({ ...before, ...changes });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}

function matchEmailFilter(url: URL, users: WorkosUser[]): void {
  const email = url.searchParams.get('email');
  const match = email && users.find((user) => sameEmail(user.email, email));
  if (match) url.searchParams.set('email', match.email);
}

function sameEmail(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function userIn(text: string): WorkosUser | undefined {
  const body = text === '' ? undefined : JSON.parse(text);
  return body?.object === 'user' ? body : undefined;
}
