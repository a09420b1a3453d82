import { WorkOS } from '@workos-inc/node';
import * as v from 'valibot';
import type { WorkosConfig } from '../config/workos.ts';
import { isSameAddress, toAddressKey } from '../user/address.ts';
import type { ApiKeySource } from './api-key.ts';
import { classifyError, parseRetryAfter } from './classify-error.ts';
import type { StartRate } from './rate-limiter.ts';
import { createTransport, type RequestCounter, type Transport } from './transport.ts';
import { type IdentityReader, identitiesSchema } from './user-identities.ts';
import {
  type ListableWorkosUsers,
  type Refusal,
  RefusedError,
  RetryableError,
  type WorkosUser,
  type WriteResult,
} from './users.ts';

/** One request's patience: WorkOS answers in tens of milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Of a request that WorkOS refuses as one too many; what is refused as often comes again with its message. */
const ATTEMPTS = 4;
/** The longest that is worth waiting for within an invocation. */
const WAIT_MS = 5_000;

/** In the form of WorkOS's ids, and nobody's: a write to it changes nothing. */
const NOBODY = 'user_00000000000000000000000000';

/** The most that WorkOS gives at once (OpenAPI, list users: limit). */
const PAGE_SIZE = 100;

type Answer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'not_found' }
  | { kind: 'refused'; refusal: Refusal };

/** What the mirror needs of a WorkOS user; anything else in the answer is left unread. */
const userSchema = v.object({
  id: v.string(),
  email: v.string(),
  emailVerified: v.boolean(),
  firstName: v.nullish(v.string()),
  lastName: v.nullish(v.string()),
  externalId: v.nullish(v.string()),
  metadata: v.nullish(v.record(v.string(), v.string())),
  lastSignInAt: v.nullish(v.string()),
});
const sessionsSchema = v.array(v.object({ id: v.string() }));
const factorsSchema = v.array(v.object({ type: v.string() }));

/**
 * The users of one WorkOS environment, behind the mirror's port; the one place that knows the SDK.
 *
 * Every request is sent once and given ten seconds, or less where the caller's signal says so: the
 * SDK's own retries sleep for up to a minute (FACTS, WorkOS), in a Lambda that has other users to
 * serve, while waiting in the queue costs nothing.
 */
export function createWorkosUsers(dependencies: {
  config: WorkosConfig;
  apiKey: ApiKeySource;
  counter: RequestCounter;
  startRate?: StartRate;
}): ListableWorkosUsers & IdentityReader {
  const { config, apiKey, counter, startRate } = dependencies;
  const transport = createTransport(counter);
  let client: { key: string; sdk: WorkOS } | undefined;

  async function connect(): Promise<WorkOS> {
    const key = await apiKey.get();
    if (client?.key !== key) client = { key, sdk: createClient(config, key, transport.fetch) };
    return client.sdk;
  }

  async function request<T>(
    kind: 'read' | 'write',
    signal: AbortSignal | undefined,
    send: (users: WorkOS['userManagement'], sdk: WorkOS) => Promise<T>,
  ): Promise<Answer<T>> {
    const sdk = await connect();
    const { result, answer } = await sendInTurn(kind, signal, () => send(sdk.userManagement, sdk));
    if (result.status === 'rejected' && signal?.aborted && answer.status === undefined) {
      throw new RetryableError('WorkOS did not answer in the time there was', {
        cause: result.reason,
      });
    }
    if (result.status === 'fulfilled') return { kind: 'ok', value: result.value };
    const isUsersOwn = answer.status === 403 && !(await isKeyRefused(kind, signal));
    if (answer.status === 401 || (answer.status === 403 && !isUsersOwn)) apiKey.renew();
    const classified = classifyError(result.reason, answer, { isUsersOwn });
    if (classified.kind === 'retryable') throw classified.error;
    return classified;
  }

  /**
   * A 403 is about the key if a request about nobody gets one, too, of the same kind: a key may be allowed
   * to read alone. Without a clear answer it may be.
   */
  async function isKeyRefused(
    kind: 'read' | 'write',
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { userManagement } = await connect();
    const { result, answer } = await sendInTurn<unknown>(kind, signal, () =>
      kind === 'read'
        ? userManagement.listUsers({ limit: 1 })
        : userManagement.updateUser({ userId: NOBODY }),
    );
    const isAnswered = [400, 404, 422].includes(answer.status ?? 0) && answer.json;
    return result.status === 'rejected' && !isAnswered;
  }

  /** A request that WorkOS refuses as one too many waits as long as WorkOS asks for, if that is not long. */
  async function sendInTurn<T>(
    kind: 'read' | 'write',
    signal: AbortSignal | undefined,
    send: () => Promise<T>,
  ) {
    for (let attempt = 1; ; attempt++) {
      await startRate?.turn(kind, signal).catch(() => {});
      if (signal?.aborted) throw new RetryableError('no time left to ask WorkOS');
      const sent = await transport.run(signal, send);
      const waitMs = 1000 * (parseRetryAfter(sent.answer.retryAfter) ?? 1);
      const isRefused = sent.answer.status === 429 && attempt < ATTEMPTS && waitMs <= WAIT_MS;
      if (!startRate || !isRefused) return sent;
      await startRate.pause(waitMs, signal);
    }
  }

  return {
    async findByExternalId(externalId, signal) {
      const answer = await request('read', signal, (sdk) => sdk.getUserByExternalId(externalId));
      if (answer.kind === 'not_found') return undefined;
      return toUser(expectOk(answer));
    },
    async findByEmail(email, signal) {
      let near: WorkosUser | undefined;
      // Should the filter tell cases apart after all, the address as WorkOS keeps it is tried too.
      for (const spelling of new Set([email, toAddressKey(email)])) {
        const answer = await request('read', signal, (sdk) => sdk.listUsers({ email: spelling }));
        const matches = expectOk(answer).data.map(toUser);
        const user = matches.find((each) => isSameAddress(each.email, email));
        if (user) return { kind: 'found', user };
        near ??= matches[0];
      }
      return near ? { kind: 'near', user: near } : { kind: 'none' };
    },
    async get(id, signal) {
      const answer = await request('read', signal, (sdk) => sdk.getUser(id));
      return answer.kind === 'not_found' ? undefined : toUser(expectOk(answer));
    },
    async identities(userId, signal) {
      const answer = await request('read', signal, (sdk) => sdk.getUserIdentities(userId));
      if (answer.kind === 'not_found') return undefined;
      const parsed = v.safeParse(identitiesSchema, expectOk(answer));
      if (!parsed.success) throw unexpected('identities without the documented fields');
      return parsed.output;
    },
    async list(after, signal) {
      const options = { limit: PAGE_SIZE, order: 'asc' as const, ...(after && { after }) };
      const page = expectOk(await request('read', signal, (sdk) => sdk.listUsers(options)));
      const next = page.listMetadata.after;
      return { users: page.data.map(toUser), ...(next && { after: next }) };
    },
    async create(user, signal) {
      const answer = await request('write', signal, (sdk) => sdk.createUser(user));
      if (answer.kind === 'not_found') throw unexpected('404 on create');
      return toWriteResult(answer);
    },
    async update(id, changes, signal) {
      const options = { userId: id, ...changes };
      return toWriteResult(await request('write', signal, (sdk) => sdk.updateUser(options)));
    },
    async endSessions(id, signal) {
      let after: string | undefined;
      do {
        const options = { limit: PAGE_SIZE, ...(after && { after }) };
        const answer = await request('read', signal, (sdk) => sdk.listSessions(id, options));
        if (answer.kind === 'not_found') return;
        const page = expectOk(answer);
        for (const { id: sessionId } of v.parse(sessionsSchema, page.data)) {
          // One that cannot be found has ended; a refusal is looked into by the next try.
          const ended = await request('write', signal, (sdk) => sdk.revokeSession({ sessionId }));
          if (ended.kind === 'refused')
            throw unexpected(`a session not revoked (${ended.refusal.code})`);
        }
        after = page.listMetadata.after ?? undefined;
      } while (after !== undefined);
    },
    async authFactors(userId, signal) {
      const options = { userId, limit: PAGE_SIZE };
      const answer = await request('read', signal, (_, { multiFactorAuth }) =>
        multiFactorAuth.listUserAuthFactors(options),
      );
      if (answer.kind === 'not_found') return [];
      return v.parse(factorsSchema, expectOk(answer).data).map(({ type }) => type);
    },
  };
}

function createClient(config: WorkosConfig, apiKey: string, fetchFn: Transport['fetch']): WorkOS {
  const { hostname: apiHostname, port, https } = config;
  const options = { apiKey, apiHostname, port, https, fetchFn };
  return new WorkOS({ ...options, timeout: REQUEST_TIMEOUT_MS, maxRetries: 0 });
}

function toWriteResult(answer: Answer<unknown>): WriteResult {
  switch (answer.kind) {
    case 'ok':
      return { kind: 'written', user: toUser(answer.value) };
    case 'refused':
      return answer;
    case 'not_found':
      return {
        kind: 'refused',
        refusal: { because: 'changed_meanwhile', code: 'entity_not_found' },
      };
  }
}

/** @throws RefusedError */
function expectOk<T>(answer: Answer<T>): T {
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind === 'refused') throw new RefusedError(answer.refusal.code);
  throw unexpected('not found');
}

function toUser(value: unknown): WorkosUser {
  const parsed = v.safeParse(userSchema, value);
  if (!parsed.success) throw unexpected('a user without the documented fields');
  const { firstName, lastName, externalId, metadata, lastSignInAt, ...rest } = parsed.output;
  return {
    ...rest,
    ...(firstName && { firstName }),
    ...(lastName && { lastName }),
    ...(externalId && { externalId }),
    ...(lastSignInAt && { lastSignInAt }),
    metadata: metadata ?? {},
  };
}

function unexpected(what: string): RetryableError {
  return new RetryableError(`WorkOS gave an answer its documents do not know: ${what}`);
}
