import {
  type CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { recordToProblem, userRecordToUser } from '../user/user-record.ts';
import { createListingGuard } from './listing-guard.ts';
import { observed } from './observed.ts';
import type { PoolRequest } from './pool-requests.ts';
import { SourceError, type SourcePage, type WatchRecord } from './user-source.ts';

/** The most that ListUsers gives at once (API reference, ListUsers: Limit). */
const PAGE_SIZE = 60;

/**
 * - `number`: of the page in this listing, from 1; 1 again where the listing has begun anew.
 * - `observedAt`: before its request was sent.
 */
export type ListedPage = { page: SourcePage; number: number; observedAt: Date };

/** @property onRecord default: the records are not watched. */
type ListedPool = {
  client: CognitoIdentityProviderClient;
  userPoolId: string;
  clock: () => Date;
  onRecord?: WatchRecord;
};

/**
 * Lists a live pool page by page. Where Cognito refuses the token, the listing begins anew
 * (src/cognito/user-source.ts, pages).
 *
 * @param options.after the token to go on with; `number` the pages before it. Default: from the beginning.
 * @throws SourceError
 */
export async function* listPages(
  pool: ListedPool,
  request: PoolRequest,
  options: { after?: string; number?: number; signal?: AbortSignal },
): AsyncGenerator<ListedPage> {
  const guard = createListingGuard();
  let token = options.after;
  let number = options.number ?? 0;
  let isFirst = true;
  do {
    if (token !== undefined) guard.use(token);
    const answer = await listPage(pool, request, token, options.signal);
    if (answer.kind === 'refused') {
      guard.restart();
      token = undefined;
      number = 0;
      isFirst = true;
      continue;
    }
    number += 1;
    isFirst = false;
    token = answer.next;
    yield { ...toPage(answer, pool, number), number };
  } while (isFirst || token !== undefined);
}

type Answer = { records: unknown[]; observedAt: Date; next: string | undefined };

function toPage(
  { records, observedAt, next }: Answer,
  { userPoolId, onRecord }: ListedPool,
  number: number,
) {
  const page: SourcePage = { users: [], problems: [], ...(next && { position: next }) };
  for (const [index, record] of records.entries()) {
    onRecord?.(record);
    const parsed = userRecordToUser(record, userPoolId, observedAt);
    if (parsed.kind === 'user') page.users.push(parsed.user);
    else page.problems.push(recordToProblem(parsed, `page ${number}, record ${index + 1}`));
  }
  return { page, observedAt };
}

/**
 * Told apart by what was sent: the only parameter that differs from one page to the next is the token
 * (Cognito's words for a bad one vary: "Paging marker … is invalid for request", aws-sdk-js 3705).
 */
async function listPage(
  { client, userPoolId, clock }: ListedPool,
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
