import { toAddressKey } from '../user/address.ts';
import type {
  FoundByEmail,
  NewWorkosUser,
  Refusal,
  UserChanges,
  WorkosUser,
  WorkosUsers,
  WriteResult,
} from '../workos/users.ts';
import type { RateLimitedUsers } from './rate-limited-users.ts';
import type { WorkosIndex } from './workos-index.ts';

/**
 * A directory that answers from an index of all WorkOS users, so that a user who did not change costs
 * no request, a new one a create, and a changed one a read and a write.
 *
 * The index is as old as the listing, so nothing is written on its word alone: before an update the
 * user is read again, and where it has changed since, the mirror is told so and decides anew. What
 * WorkOS refuses against the index's word is asked for at the source from then on.
 */
export function createIndexedUsers(dependencies: {
  workosUsers: RateLimitedUsers;
  index: WorkosIndex;
}): WorkosUsers {
  const { workosUsers, index } = dependencies;
  const doubtful = new Set<string>();

  function keep(user: WorkosUser | undefined): WorkosUser | undefined {
    if (user) index.put(user);
    return user;
  }

  function keepWritten(result: WriteResult): WriteResult {
    if (result.kind === 'written') keep(result.user);
    return result;
  }

  return {
    // Made since the listing, perhaps.
    get: async (id, signal) => index.byId(id) ?? keep(await workosUsers.get(id, signal)),
    async findByExternalId(externalId, signal) {
      if (!doubtful.has(externalId)) return index.byExternalId(externalId);
      return keep(await workosUsers.findByExternalId(externalId, signal));
    },
    async findByEmail(email, signal) {
      if (!doubtful.has(toAddressKey(email))) return toFound(index.byEmail(email));
      const answer = await workosUsers.findByEmail(email, signal);
      if (answer.kind !== 'none') keep(answer.user);
      return answer;
    },
    async create(user: NewWorkosUser, signal) {
      if (index.byEmail(user.email)) return refused('email_taken', 'email_not_available');
      const result = keepWritten(await workosUsers.create(user, signal));
      if (result.kind === 'refused') {
        doubtful.add(toAddressKey(user.email));
        if (user.externalId !== undefined) doubtful.add(user.externalId);
      }
      return result;
    },
    async update(id: string, changes: UserChanges, signal) {
      const known = index.byId(id);
      if (!known) return refused('changed_meanwhile', 'entity_not_found');
      const result = await workosUsers.updateIf(known, changes, signal);
      if (result.kind === 'changed') {
        if (result.now) index.put(result.now);
        else index.remove(id);
        return refused('changed_meanwhile', 'changed_since_listed');
      }
      if (result.kind === 'refused' && changes.email) doubtful.add(toAddressKey(changes.email));
      if (result.kind === 'refused' && changes.externalId) doubtful.add(changes.externalId);
      return keepWritten(result);
    },
    async delete(id, signal) {
      const result = await workosUsers.delete(id, signal);
      index.remove(id);
      return result;
    },
    endSessions: (id, signal) => workosUsers.endSessions(id, signal),
    authFactors: (id, signal) => workosUsers.authFactors(id, signal),
  };
}

/**
 * A directory that is nothing but the index: for a dry run, whose outcomes are those of the real run
 * but for what WorkOS alone can know (an email it finds invalid, a change since the listing).
 */
export function createIndexOnlyUsers(index: WorkosIndex): WorkosUsers {
  let created = 0;
  return {
    get: async (id) => index.byId(id),
    findByExternalId: async (externalId) => index.byExternalId(externalId),
    findByEmail: async (email) => toFound(index.byEmail(email)),
    async delete(id) {
      if (!index.byId(id)) return 'not_found';
      index.remove(id);
      return 'deleted';
    },
    endSessions: async () => {},
    authFactors: async () => [],
    async create(user) {
      if (index.byEmail(user.email)) return refused('email_taken', 'email_not_available');
      return written({ ...user, id: `dry_run_${++created}` });
    },
    async update(id, changes) {
      const user = index.byId(id);
      if (!user) return refused('changed_meanwhile', 'entity_not_found');
      const holder = changes.email === undefined ? undefined : index.byEmail(changes.email);
      if (holder && holder.id !== id) return refused('email_taken', 'email_not_available');
      return written(applyChanges(user, changes));
    },
  };

  function written(user: WorkosUser): WriteResult {
    index.put(user);
    return { kind: 'written', user };
  }
}

/** What WorkOS would have after this update: metadata merge, null deletes a key. */
function applyChanges(user: WorkosUser, changes: UserChanges): WorkosUser {
  const { metadata: metadataChanges = {}, password: _, ...fields } = changes;
  const merged = Object.entries({ ...user.metadata, ...metadataChanges });
  const kept = merged.filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...user, ...fields, metadata: Object.fromEntries(kept) };
}

function toFound(user: WorkosUser | undefined): FoundByEmail {
  return user ? { kind: 'found', user } : { kind: 'none' };
}

function refused(because: Refusal['because'], code: string): WriteResult {
  return { kind: 'refused', refusal: { because, code } };
}
