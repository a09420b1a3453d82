import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { noteAddress } from '../aws/note-address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { userRecordToUser } from '../user/user-record.ts';
import { findProfile } from './find-profile.ts';
import { listPages } from './list-pages.ts';
import { observed } from './observed.ts';
import { createPoolRequest, type Patience, type PoolRequest } from './pool-requests.ts';
import type { UserSource, WatchRecord } from './user-source.ts';

/** A single user is not worth minutes: the caller can go on with what it has. */
const REREAD_PATIENCE = { troubleMs: 10_000, firstContactMs: 10_000, answerMs: 5_000 };

/** The progress bar can do without the estimate: it is not worth waiting for. */
const ESTIMATE_MS = 3_000;

type LivePool = {
  client: CognitoIdentityProviderClient;
  userPoolId: string;
  clock: () => Date;
  onRecord?: WatchRecord;
};

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
    async *pages(options = {}) {
      for await (const { page } of listPages(dependencies, request, options)) yield page;
    },
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
