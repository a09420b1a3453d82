import { createHash } from 'node:crypto';

/** PaginationTokens: opaque, never the same twice, and good only for a while. */
export type Tokens = {
  issue(position: number): string;
  /** The position of a token; undefined for one that is not ours or has expired. */
  read(token: string): number | undefined;
  countRequest(): void;
  expireAll(): void;
};

/** @param lifetimeRequests how many requests later a token is still good. */
export function createTokens(lifetimeRequests = Number.POSITIVE_INFINITY): Tokens {
  let generation = 0;
  let requests = 0;

  return {
    issue(position) {
      const text = [position, generation, requests].join('.');
      return Buffer.from(`${text}.${seal(text)}`).toString('base64url');
    },
    read(token) {
      const text = Buffer.from(token, 'base64url').toString();
      const [position, issuedIn, issuedAt, mark] = text.split('.');
      const isOurs = mark === seal([position, issuedIn, issuedAt].join('.'));
      const isOld = requests - Number(issuedAt) > lifetimeRequests;
      return isOurs && Number(issuedIn) === generation && !isOld ? Number(position) : undefined;
    },
    countRequest: () => void requests++,
    expireAll: () => void generation++,
  };
}

function seal(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
