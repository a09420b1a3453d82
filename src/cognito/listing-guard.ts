import { hash } from 'node:crypto';
import { SourceError } from './user-source.ts';

/** Restarts in a row that come no further than the listing had come before. */
const FRUITLESS_RESTARTS = 5;

/** Sees to it that a listing ends, whatever the pagination tokens do. */
export type ListingGuard = {
  /** @throws SourceError for a token that this pass has used before: it would go round for ever. */
  use(token: string): void;
  /** @throws SourceError when tokens are refused too early, again and again, to reach the end. */
  restart(): void;
};

export function createListingGuard(): ListingGuard {
  // Hashed, because a token is long and a million users are 17,000 pages.
  const used = new Set<string>();
  let furthest = 0;
  let fruitless = 0;
  return {
    use(token) {
      const key = hash('sha256', token, 'base64');
      if (used.has(key)) {
        throw new SourceError(
          'the listing of the user pool goes round in circles (ListUsers has given the same PaginationToken twice): run the same command again',
        );
      }
      used.add(key);
    },
    restart() {
      fruitless = used.size > furthest ? 0 : fruitless + 1;
      furthest = Math.max(furthest, used.size);
      used.clear();
      if (fruitless > FRUITLESS_RESTARTS) {
        throw new SourceError(
          'the user pool cannot be listed to its end (ListUsers keeps refusing its own PaginationTokens): run the same command again later',
        );
      }
    },
  };
}
