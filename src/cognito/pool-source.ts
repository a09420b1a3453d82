import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { noteAddress } from '../aws/note-address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { recordToProblem, userRecordToUser } from '../user/user-record.ts';
import { findProfile } from './find-profile.ts';
import { createListingGuard } from './listing-guard.ts';
import { createPoolRequest, type Patience, type PoolRequest } from './pool-requests.ts';
import { SourceError, type SourcePage, type UserSource } from './user-source.ts';

/** The most that ListUsers gives at once (API reference, ListUsers: Limit). */
const PAGE_SIZE = 60;

/** A single user is not worth minutes: the caller can go on with what it has. */
const REREAD_PATIENCE = { troubleMs: 10_000, firstContactMs: 10_000, answerMs: 5_000 };

/** The progress bar can do without the estimate: it is not worth waiting for. */
const ESTIMATE_MS = 3_000;

/** A clock that only goes on differs by less. */
const CLOCK_WAS_SET_MS = 2_000;

type LivePool = { client: CognitoIdentityProviderClient; userPoolId: string; clock: () => Date };

/**
 * The users of a live pool, with the IAM actions `cognito-idp:ListUsers`, `cognito-idp:AdminGetUser`
 * (only for {@link UserSource.reread}) and, if allowed, `cognito-idp:DescribeUserPool`.
 *
 * - `observedAt` is taken before a request is sent, so that a change during it counts as newer. Let
 *   `clock` tell Cognito's time (src/aws/server-clock.ts).
 * - A position is a PaginationToken. Cognito does not say how long one lives; when one is refused, the
 *   listing begins anew and users come again.
 * - Throttling, errors of Cognito's and of the network are outlived for five minutes
 *   ({@link PoolRequest}).
 *
 * @param patience default: see there.
 */
export function createPoolSource(
  dependencies: LivePool & { patience?: Partial<Patience> },
): UserSource {
  const { client, userPoolId } = dependencies;
  const address = noteAddress(client);
  const request = createPoolRequest(userPoolId, dependencies.patience, address);
  const quickRequest = createPoolRequest(
    userPoolId,
    { ...REREAD_PATIENCE, ...dependencies.patience },
    address,
  );
  return {
    asOf: 'now',
    now: dependencies.clock,
    pages: (options = {}) => listPages(dependencies, request, options),
    reread: (user, signal) => reread(dependencies, quickRequest, user, signal),
    find: (sub, signal) => find(dependencies, quickRequest, sub, signal),
    async estimate() {
      const command = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
      const abortSignal = AbortSignal.timeout(ESTIMATE_MS);
      // Whatever is wrong here, the first page says it better.
      const answer = await client.send(command, { abortSignal }).catch(() => undefined);
      return answer?.UserPool?.EstimatedNumberOfUsers;
    },
  };
}

async function* listPages(
  pool: LivePool,
  request: PoolRequest,
  { after, signal }: { after?: string; signal?: AbortSignal },
): AsyncGenerator<SourcePage> {
  const guard = createListingGuard();
  let token = after;
  let number = 0;
  do {
    if (token !== undefined) guard.use(token);
    const answer = await listPage(pool, request, token, signal);
    if (answer.kind === 'refused') {
      guard.restart();
      token = undefined;
      number = 0;
      continue;
    }
    number += 1;
    token = answer.next;
    yield toPage(answer, pool.userPoolId, number);
  } while (number === 0 || token !== undefined);
}

type ListedPage = { records: unknown[]; observedAt: Date; next: string | undefined };

function toPage({ records, observedAt, next }: ListedPage, userPoolId: string, number: number) {
  const page: SourcePage = { users: [], problems: [], ...(next && { position: next }) };
  for (const [index, record] of records.entries()) {
    const parsed = userRecordToUser(record, userPoolId, observedAt);
    if (parsed.kind === 'user') page.users.push(parsed.user);
    else page.problems.push(recordToProblem(parsed, `page ${number}, record ${index + 1}`));
  }
  return page;
}

/**
 * Told apart by what was sent: the only parameter that differs from one page to the next is the token
 * (Cognito's words for a bad one vary: "Paging marker … is invalid for request", aws-sdk-js 3705).
 */
async function listPage(
  { client, userPoolId, clock }: LivePool,
  request: PoolRequest,
  token: string | undefined,
  signal: AbortSignal | undefined,
) {
  const command = new ListUsersCommand({
    UserPoolId: userPoolId,
    Limit: PAGE_SIZE,
    ...(token !== undefined && { PaginationToken: token }),
  });
  const send = observed(clock, (abortSignal) => client.send(command, { abortSignal }));
  const result = await request('ListUsers', send, signal);
  if (result.kind === 'ok') {
    const { observedAt, answer } = result.value;
    const { Users: records = [], PaginationToken: next } = answer;
    return { kind: 'page' as const, records, observedAt, next: next || undefined };
  }
  if (token !== undefined) return { kind: 'refused' as const };
  throw new SourceError(
    `Cognito does not take "${userPoolId}" for the id of a user pool: it looks like eu-central-1_Ab1Cd2Ef3`,
  );
}

async function reread(
  { client, userPoolId, clock }: LivePool,
  request: PoolRequest,
  user: ObservedUser,
  signal: AbortSignal | undefined,
): Promise<ObservedUser | undefined | 'unknown'> {
  const command = new AdminGetUserCommand({ UserPoolId: userPoolId, Username: user.username });
  const send = observed(clock, (abortSignal) => client.send(command, { abortSignal }));
  const result = await request('AdminGetUser', send, signal);
  if (result.kind === 'user_not_found') return undefined;
  if (result.kind !== 'ok') return 'unknown';
  const { observedAt, answer } = result.value;
  const parsed = userRecordToUser(answer, userPoolId, observedAt);
  const { sub } = parsed.kind === 'user' ? parsed.user : parsed;
  if (sub === undefined) return 'unknown';
  // A username can belong to another user once the former one is deleted.
  if (sub !== user.sub) return undefined;
  return parsed.kind === 'user' ? parsed.user : 'unknown';
}

/** @returns undefined when there is no such profile. */
async function find(
  { client, userPoolId, clock }: LivePool,
  request: PoolRequest,
  sub: string,
  signal: AbortSignal | undefined,
): Promise<ObservedUser | undefined | 'unknown'> {
  const found = await findProfile({ userPoolId, sub, clock }, async (command) => {
    const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal });
    const result = await request('ListUsers', send, signal);
    return result.kind === 'ok' ? result.value : undefined;
  });
  if (found.kind === 'none') return undefined;
  return found.kind === 'user' ? found.user : 'unknown';
}

/**
 * The clock is read before the request is sent, so that a change during it counts as newer. The first
 * answer of all may set it: then it is counted back from there.
 */
function observed<T>(clock: () => Date, send: (signal: AbortSignal) => Promise<T>) {
  return async (signal: AbortSignal) => {
    const before = clock();
    const begun = performance.now();
    const answer = await send(signal);
    const countedBack = clock().getTime() - (performance.now() - begun);
    const isSet = Math.abs(countedBack - before.getTime()) > CLOCK_WAS_SET_MS;
    return { observedAt: isSet ? new Date(countedBack) : before, answer };
  };
}
