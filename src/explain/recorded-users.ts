import { createIndexOnlyUsers } from '../bulk/indexed-users.ts';
import type { WorkosIndex } from '../bulk/workos-index.ts';
import { changesToDifference } from '../mirror/changes-to-difference.ts';
import type { FieldDifference } from '../mirror/field-difference.ts';
import { isSameAddress } from '../user/address.ts';
import type { Refusal, WorkosUser, WorkosUsers, WriteResult } from '../workos/users.ts';

/**
 * A write that WorkOS was not sent.
 *
 * - `difference`: what it would change, field by field; empty where only the password is overwritten.
 * - `overwritesPassword`: with one that no person knows.
 */
export type RecordedWrite =
  | { kind: 'create'; workosUserId: string; difference: FieldDifference }
  | {
      kind: 'update';
      workosUserId: string;
      difference: FieldDifference;
      overwritesPassword: boolean;
    }
  | { kind: 'end_sessions' | 'delete'; workosUserId: string };

/** WorkOS's users, as a reader sees them. */
export type WorkosReader = Pick<
  WorkosUsers,
  'get' | 'findByExternalId' | 'findByEmail' | 'authFactors'
>;

/**
 * Users for a mirror that must change nothing: reads go to WorkOS once, writes go to the index alone, and are noted.
 * Later reads see what was written, so that the mirror goes on as it would at WorkOS; and what WorkOS would refuse
 * (an address or an external id that another user has) is refused.
 */
export function createRecordedUsers(dependencies: { reader: WorkosReader; index: WorkosIndex }): {
  users: WorkosUsers;
  writes: RecordedWrite[];
} {
  const { reader, index } = dependencies;
  const local = createIndexOnlyUsers(index);
  const writes: RecordedWrite[] = [];

  /** What was written here counts, not what WorkOS still has. */
  function keep(user: WorkosUser | undefined): WorkosUser | undefined {
    if (!user) return undefined;
    const known = index.byId(user.id);
    if (!known) index.put(user);
    return known ?? user;
  }

  async function findByExternalId(externalId: string, signal?: AbortSignal) {
    const known = index.byExternalId(externalId);
    if (known) return known;
    const found = keep(await reader.findByExternalId(externalId, signal));
    return found?.externalId === externalId ? found : undefined;
  }

  async function findByEmail(email: string, signal?: AbortSignal) {
    const known = index.byEmail(email);
    if (known) return { kind: 'found', user: known } as const;
    const answer = await reader.findByEmail(email, signal);
    if (answer.kind !== 'found') return answer;
    const user = keep(answer.user);
    const isStill = user !== undefined && isSameAddress(user.email, email);
    return isStill ? ({ kind: 'found', user } as const) : ({ kind: 'none' } as const);
  }

  async function refusalOf(
    { email, externalId }: { email?: string | undefined; externalId?: string | undefined },
    id: string | undefined,
    signal?: AbortSignal,
  ): Promise<WriteResult | undefined> {
    if (email !== undefined) {
      const holder = await findByEmail(email, signal);
      if (holder.kind !== 'none' && holder.user.id !== id) {
        return refused('email_taken', 'email_not_available');
      }
    }
    if (externalId === undefined) return undefined;
    const holder = await findByExternalId(externalId, signal);
    return holder && holder.id !== id
      ? refused('external_id_taken', 'external_id_already_used')
      : undefined;
  }

  const users: WorkosUsers = {
    get: async (id, signal) => index.byId(id) ?? keep(await reader.get(id, signal)),
    findByExternalId,
    findByEmail,
    authFactors: (id, signal) => reader.authFactors(id, signal),
    async create(user, signal) {
      const result = (await refusalOf(user, undefined, signal)) ?? (await local.create(user));
      if (result.kind === 'written') {
        const difference = changesToDifference(user);
        writes.push({ kind: 'create', workosUserId: result.user.id, difference });
      }
      return result;
    },
    async update(id, changes, signal) {
      const before = await users.get(id, signal);
      const result =
        (await refusalOf(changes, id, signal)) ?? (await local.update(id, changes, signal));
      if (result.kind === 'written') {
        const difference = changesToDifference(changes, before);
        const overwritesPassword = changes.password !== undefined;
        writes.push({ kind: 'update', workosUserId: id, difference, overwritesPassword });
      }
      return result;
    },
    async delete(id) {
      writes.push({ kind: 'delete', workosUserId: id });
      return local.delete(id);
    },
    async endSessions(id) {
      writes.push({ kind: 'end_sessions', workosUserId: id });
    },
  };
  return { users, writes };
}

function refused(because: Refusal['because'], code: string): WriteResult {
  return { kind: 'refused', refusal: { because, code } };
}
