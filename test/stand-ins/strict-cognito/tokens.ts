import { createHash } from 'node:crypto';

/** PaginationTokens as ListUsers has them: opaque, never the same twice, valid for a time (docs/facts.md#cognito-list-users). */
export type PaginationTokens = {
  issue(position: number): string;
  /** The position of a token; undefined for one that was not issued here or has expired. */
  read(token: string): number | undefined;
  countRequest(): void;
  expireAll(): void;
};

/** @param lifetimeRequests for how many further requests a token stays valid. */
export function createTokens(lifetimeRequests = Number.POSITIVE_INFINITY): PaginationTokens {
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
      const isIssuedHere = mark === seal([position, issuedIn, issuedAt].join('.'));
      const isOld = requests - Number(issuedAt) > lifetimeRequests;
      return isIssuedHere && Number(issuedIn) === generation && !isOld
        ? Number(position)
        : undefined;
    },
    countRequest: () => void requests++,
    expireAll: () => void generation++,
  };
}

function seal(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
