/** How long the seed takes, in seconds, with what it rests on. */
export type SeedTime = {
  /** From a machine of the operator's, at `rate` WorkOS writes a second: no more than WorkOS allows. */
  laptop: { seconds: number; rate: number };
  /** By the deployed stack, at `usersPerSecond`, a part of the consumer's share of WorkOS's limits. */
  inAws: { seconds: number; share: number; usersPerSecond: number };
};

/** WorkOS's limit (docs/facts.md#workos-rate-limits). */
const WRITES_PER_SECOND = 50;
/** Of the consumer's share, what the users of a full round may take; a fifth stays free for sign-ins. */
const BACKGROUND_PART = 0.8;
/** ListUsers (docs/facts.md#cognito-rate-limits): a page of 60 a request; a listing from afar gets about ten a second. */
const PAGE_USERS = 60;
const LAPTOP_PAGES_PER_SECOND = 10;
/** The patrol's default, a little below (docs/cost.md#patrol). */
const PATROL_PAGES_PER_SECOND = 5 * 0.95;
/** WorkOS's users, a hundred a request, at the least rate of requests of a run. */
const WORKOS_PAGE_USERS = 100;
const WORKOS_PAGES_PER_SECOND = 10;

/**
 * @param seed.writes users to be written; `users`: all that are listed in Cognito; `workosUsers`: likewise.
 * @param settings.rate of `seed --rate`; `share`: workosShare of the stack.
 */
export function toSeedTime(
  seed: { writes: number; users: number; workosUsers: number },
  settings: { rate: number; share: number },
): SeedTime {
  const { writes, users, workosUsers } = seed;
  const { share } = settings;
  const rate = Math.min(settings.rate, WRITES_PER_SECOND);
  const usersPerSecond = WRITES_PER_SECOND * share * BACKGROUND_PART;
  const listWorkos = workosUsers / WORKOS_PAGE_USERS / WORKOS_PAGES_PER_SECOND;
  const listCognito = (pagesPerSecond: number) => users / PAGE_USERS / pagesPerSecond;
  return {
    laptop: {
      rate,
      seconds: listWorkos + Math.max(writes / rate, listCognito(LAPTOP_PAGES_PER_SECOND)),
    },
    inAws: {
      share,
      usersPerSecond,
      seconds: Math.max(writes / usersPerSecond, listCognito(PATROL_PAGES_PER_SECOND)),
    },
  };
}
