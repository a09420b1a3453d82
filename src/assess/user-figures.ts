import { countOf, countsOf, type Tally } from './tally.ts';

/** The pool's users, by what a migration depends on. Every profile counts once. */
export type UserFigures = {
  total: number;
  /** By Cognito's status. */
  statuses: Record<string, number>;
  disabled: number;
  /** `linked`: with a password and a provider. */
  native: number;
  federated: number;
  linked: number;
  email: { verified: number; unverified: number; none: number };
  /** With an address that counts as verified, by the owner's settings too (docs/design.md#counts-as-verified). */
  countsAsVerified: number;
  /** Mirrored, with an address that Cognito has not verified. */
  comesUnverified: number;
  /** Without an email, with a phone number. */
  phoneOnly: number;
  withPhone: number;
  /** Native profiles whose username is neither an address, nor a phone number, nor made by Cognito. */
  ownUsername: number;
  /** Addresses that several profiles have, and how many profiles these are. */
  duplicates: { addresses: number; profiles: number; allVerified: number };
  /** By name: how many users have a value. Never the values. */
  customAttributes: Record<string, number>;
  withCustomAttributes: number;
};

const DUPLICATES = `SELECT email, count(*) AS profiles, min(counts) AS verified FROM profiles
  WHERE email IS NOT NULL GROUP BY email HAVING count(*) > 1`;

export function readUserFigures(tally: Tally): UserFigures {
  const count = (where: string) =>
    countOf(tally, `SELECT count(*) AS count FROM profiles WHERE ${where}`);
  const kinds = countsOf(tally, 'SELECT kind AS name, count(*) AS count FROM profiles GROUP BY 1');
  const joined = 'profiles JOIN records USING (sub)';
  const ofJoined = (where: string) =>
    countOf(tally, `SELECT count(*) AS count FROM ${joined} WHERE ${where}`);
  return {
    total: count('true'),
    statuses: countsOf(
      tally,
      'SELECT status AS name, count(*) AS count FROM profiles GROUP BY 1 ORDER BY 2 DESC, 1',
    ),
    disabled: count('enabled = 0'),
    native: kinds.native ?? 0,
    federated: kinds.federated ?? 0,
    linked: kinds.linked ?? 0,
    email: {
      verified: count('email IS NOT NULL AND verified = 1'),
      unverified: count('email IS NOT NULL AND verified = 0'),
      none: count('email IS NULL'),
    },
    countsAsVerified: count('counts = 1'),
    comesUnverified: count('email IS NOT NULL AND verified = 0 AND mirrored = 1'),
    phoneOnly: ofJoined('email IS NULL AND phone = 1'),
    withPhone: ofJoined('phone = 1'),
    ownUsername: count('own_name = 1'),
    duplicates: {
      addresses: countOf(tally, `SELECT count(*) AS count FROM (${DUPLICATES})`),
      profiles: countOf(tally, `SELECT coalesce(sum(profiles), 0) AS count FROM (${DUPLICATES})`),
      allVerified: countOf(
        tally,
        `SELECT count(*) AS count FROM (${DUPLICATES}) WHERE verified = 1`,
      ),
    },
    customAttributes: countsOf(
      tally,
      `SELECT each.value AS name, count(*) AS count FROM ${joined}, json_each(custom) AS each
        GROUP BY 1 ORDER BY 2 DESC, 1`,
    ),
    withCustomAttributes: ofJoined("custom <> '[]'"),
  };
}
