import type {
  ListUsersCommand,
  ListUsersCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { type UserRecord, userRecordToUser } from '../user/user-record.ts';
import { filterUsers } from './filter-users.ts';

/** What a filter of ListUsers would have to escape stands in no sub of Cognito's. */
const SUB_IN_FILTER = /^[^"\\\s]{1,128}$/;

/** What a lookup by sub found: `unknown` where the pool gave no usable answer. */
export type FoundProfile = UserRecord | { kind: 'none' } | { kind: 'unknown' };

/**
 * A profile by its sub, by ListUsers with a filter (API reference, ListUsers: Filter), because
 * AdminGetUser finds a federated user by its username alone. Needs cognito-idp:ListUsers.
 *
 * @param send sends a command and retries as its caller sees fit; undefined: no usable answer.
 */
export async function findProfile(
  pool: { userPoolId: string; sub: string; clock: () => Date },
  send: (command: ListUsersCommand) => Promise<ListUsersCommandOutput | undefined>,
): Promise<FoundProfile> {
  const { userPoolId, sub, clock } = pool;
  if (!SUB_IN_FILTER.test(sub)) return { kind: 'none' };
  const pages = filterUsers({ userPoolId, attribute: 'sub', value: sub, clock }, send);
  for await (const page of pages) {
    if (page.kind === 'unknown') return page;
    const [record] = page.records;
    if (record) return userRecordToUser(record, userPoolId, page.observedAt);
  }
  return { kind: 'none' };
}
