import {
  ListUsersCommand,
  type ListUsersCommandOutput,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';

/** A page may be empty though more follow (API reference, ListUsers); not so many of them for one user. */
const MAXIMUM_PAGES = 20;

/**
 * - `users`: the records of a page, with the time before it was asked for.
 * - `unknown`: the pool gave no usable answer; nothing follows.
 */
type FilteredPage = { kind: 'users'; records: UserType[]; observedAt: Date } | { kind: 'unknown' };

/**
 * The users of whom an attribute has exactly this value, page by page (API reference, ListUsers: Filter). Quotation
 * marks and backslashes in the value are escaped, so that it stays a value. Needs cognito-idp:ListUsers.
 *
 * @param send sends a command and retries as its caller sees fit; undefined: no usable answer.
 */
export async function* filterUsers(
  pool: { userPoolId: string; attribute: 'sub' | 'email'; value: string; clock: () => Date },
  send: (command: ListUsersCommand) => Promise<ListUsersCommandOutput | undefined>,
): AsyncGenerator<FilteredPage> {
  const { userPoolId, attribute, value, clock } = pool;
  let token: string | undefined;
  for (let page = 1; page <= MAXIMUM_PAGES; page++) {
    const command = new ListUsersCommand({
      UserPoolId: userPoolId,
      Filter: `${attribute} = "${value.replaceAll(/["\\]/g, '\\$&')}"`,
      ...(token !== undefined && { PaginationToken: token }),
    });
    // Before the request, so that a change during it counts as newer.
    const observedAt = clock();
    const answer = await send(command);
    if (!answer) break;
    yield { kind: 'users', records: answer.Users ?? [], observedAt };
    token = answer.PaginationToken;
    if (!token) return;
  }
  yield { kind: 'unknown' };
}
