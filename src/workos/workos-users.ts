import * as v from 'valibot';
import { isSameAddress, toAddressKey } from '../user/address.ts';
import { expectOk, toWorkosUser, toWriteResult, undocumented } from './answer.ts';
import { createSendRequest, type SendRequestDependencies } from './send-request.ts';
import { type IdentityReader, identitiesSchema } from './user-identities.ts';
import type { ListableWorkosUsers, WorkosUser } from './users.ts';

/** The most that WorkOS returns a page (docs/facts.md#workos-list-users). */
const PAGE_SIZE = 100;

const sessionsSchema = v.array(v.object({ id: v.string() }));
const factorsSchema = v.array(v.object({ type: v.string() }));

/**
 * The users of one WorkOS environment, through WorkOS's SDK. Its methods throw RetryableError for what may
 * succeed later, and RefusedError where WorkOS refuses to answer about one user; see `createSendRequest`
 * for timeouts and for what is sent again.
 *
 * @param dependencies.limiter default: none, requests start at once.
 */
export function createWorkosUsers(
  dependencies: SendRequestDependencies,
): ListableWorkosUsers & IdentityReader {
  const request = createSendRequest(dependencies);

  return {
    async findByExternalId(externalId, signal) {
      const answer = await request('read', signal, (sdk) => sdk.getUserByExternalId(externalId));
      if (answer.kind === 'not_found') return undefined;
      return toWorkosUser(expectOk(answer));
    },
    async findByEmail(email, signal) {
      let near: WorkosUser | undefined;
      // If the filter distinguishes cases, the user is found under the address in lower case.
      for (const spelling of new Set([email, toAddressKey(email)])) {
        const answer = await request('read', signal, (sdk) => sdk.listUsers({ email: spelling }));
        const matches = expectOk(answer).data.map(toWorkosUser);
        const user = matches.find((each) => isSameAddress(each.email, email));
        if (user) return { kind: 'found', user };
        near ??= matches[0];
      }
      return near ? { kind: 'near', user: near } : { kind: 'none' };
    },
    async get(id, signal) {
      const answer = await request('read', signal, (sdk) => sdk.getUser(id));
      return answer.kind === 'not_found' ? undefined : toWorkosUser(expectOk(answer));
    },
    async identities(userId, signal) {
      const answer = await request('read', signal, (sdk) => sdk.getUserIdentities(userId));
      if (answer.kind === 'not_found') return undefined;
      const parsed = v.safeParse(identitiesSchema, expectOk(answer));
      if (!parsed.success) throw undocumented('identities without the documented fields');
      return parsed.output;
    },
    async list(after, signal) {
      const options = { limit: PAGE_SIZE, order: 'asc' as const, ...(after && { after }) };
      const page = expectOk(await request('read', signal, (sdk) => sdk.listUsers(options)));
      const next = page.listMetadata.after;
      return { users: page.data.map(toWorkosUser), ...(next && { after: next }) };
    },
    async create(user, signal) {
      // @ts-expect-error the SDK's type lacks pbkdf2, which the API takes (OpenAPI, CreateUserlandUserDto)
      const answer = await request('write', signal, (sdk) => sdk.createUser(user));
      if (answer.kind === 'not_found') throw undocumented('404 on create');
      return toWriteResult(answer);
    },
    async update(id, changes, signal) {
      const options = { userId: id, ...changes };
      // @ts-expect-error likewise
      return toWriteResult(await request('write', signal, (sdk) => sdk.updateUser(options)));
    },
    async delete(id, signal) {
      const answer = await request('write', signal, (sdk) => sdk.deleteUser(id));
      if (answer.kind === 'not_found') return 'not_found';
      expectOk(answer);
      return 'deleted';
    },
    async endSessions(id, signal) {
      let after: string | undefined;
      do {
        const options = { limit: PAGE_SIZE, ...(after && { after }) };
        const answer = await request('read', signal, (sdk) => sdk.listSessions(id, options));
        if (answer.kind === 'not_found') return;
        const page = expectOk(answer);
        for (const { id: sessionId } of v.parse(sessionsSchema, page.data)) {
          // A session that is not found has ended; a refused one is listed again by the next attempt.
          const ended = await request('write', signal, (sdk) => sdk.revokeSession({ sessionId }));
          if (ended.kind === 'refused')
            throw undocumented(`a session not revoked (${ended.refusal.code})`);
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
