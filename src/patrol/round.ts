import type { ListedPage } from '../cognito/list-pages.ts';
import type { Counters, Log } from '../telemetry/telemetry.ts';
import { addRecent, isPasswordUser, toDueUsers } from './due-users.ts';
import type { PatrolRound, RoundKind } from './patrol-state.ts';
import type { PublishUsers } from './publish.ts';

/** What every round uses. */
export type RoundDependencies = {
  /** See src/cognito/list-pages.ts. */
  listPages: (options: {
    after?: string;
    number: number;
    signal: AbortSignal;
  }) => AsyncIterable<ListedPage>;
  publish: PublishUsers;
  log: Log;
  counters: Counters;
};

/**
 * Lists the pool from where the round has come to, and publishes the users that are due.
 *
 * @param options.known the `recent` of the last finished round.
 * @param options.onPage told after each page but the last, when all of its users are published.
 * @returns the round after its last page.
 */
export async function runRound(
  { listPages, publish, log, counters }: RoundDependencies,
  options: {
    kind: RoundKind;
    round: PatrolRound;
    known: ReadonlySet<string>;
    onPage: (round: PatrolRound, published: number) => Promise<void>;
    signal: AbortSignal;
  },
): Promise<PatrolRound> {
  const { kind, known, onPage, signal } = options;
  const { position: after, pages } = options.round;
  let round = options.round;
  const since = round.since === undefined ? undefined : Date.parse(round.since);
  const listing = listPages({ ...(after !== undefined && { after }), number: pages, signal });
  for await (const { page, number, observedAt } of listing) {
    const begunAt = round.begunAt ?? observedAt.toISOString();
    const { users, problems, position } = page;
    for (const problem of problems) log.warn('a record of the pool cannot be read', problem);
    const times = { begunAt: Date.parse(begunAt), since };
    const { due, recent } = toDueUsers(users, times, known);
    const { refused } = await publish(due, { id: round.round, kind }, signal);
    const listed = users.length + problems.length;
    const published = due.length - refused;
    counters.count('PatrolUsersListed', listed);
    counters.count('PatrolUsersPublished', published);
    counters.count('PatrolProblems', problems.length + refused);
    // The first page again: Cognito has refused the token, and the listing has begun anew.
    const before = number === 1 ? { listed: 0, problems: 0, passwordUsers: 0 } : round;
    const { position: _, ...rest } = round;
    round = {
      ...rest,
      begunAt,
      pages: number,
      listed: before.listed + listed,
      problems: before.problems + problems.length + refused,
      passwordUsers: before.passwordUsers + users.filter(isPasswordUser).length,
      published: round.published + published,
      recent: addRecent(round.recent, recent),
      ...(position !== undefined && { position }),
    };
    if (position !== undefined) await onPage(round, published);
  }
  return round;
}
