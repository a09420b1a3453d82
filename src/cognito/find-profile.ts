import {
  ListUsersCommand,
  type ListUsersCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { type UserRecord, userRecordToUser } from '../user/user-record.ts';

/** A page may be empty though more follow (API reference, ListUsers); not so many of them for one user. */
const MAXIMUM_EMPTY_PAGES = 20;
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
  let token: string | undefined;
  for (let page = 1; page <= MAXIMUM_EMPTY_PAGES; page++) {
    const command = new ListUsersCommand({
      UserPoolId: userPoolId,
      Filter: `sub = "${sub}"`,
      ...(token !== undefined && { PaginationToken: token }),
    });
    // Before the request, so that a change during it counts as newer.
    const observedAt = clock();
    const answer = await send(command);
    if (!answer) return { kind: 'unknown' };
    const record = answer.Users?.[0];
    if (record) return userRecordToUser(record, userPoolId, observedAt);
    token = answer.PaginationToken;
    if (!token) return { kind: 'none' };
  }
  return { kind: 'unknown' };
}
