import * as v from 'valibot';
import { isSameAddress } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { type UnusableSeal, unusable } from './opened-seal.ts';

/**
 * - `theirs`: sealed for this sign-in, under a name that the observation itself shows to be the user's.
 * - `ask`: sealed for this sign-in; whether the name is the user's, only Cognito can tell.
 */
type JudgedContent =
  | { kind: 'theirs'; password: string }
  | { kind: 'ask'; password: string; username: string }
  | UnusableSeal;

/** `username`: as the user typed it; `iat`: seconds since 1970. */
const contentSchema = v.object({
  password: v.pipe(v.string(), v.nonEmpty()),
  username: v.pipe(v.string(), v.nonEmpty()),
  iat: v.pipe(v.number(), v.finite()),
});

/** Cognito's limit (API reference, InitiateAuth and SignUp: Password). */
const MAXIMUM_PASSWORD = 256;
/**
 * Cognito's own rule (API reference, AdminGetUser: Username). Half a character, which JSON can write, is none of these:
 * an unexpected answer to such a name would look as if Cognito could not be asked, which is retried for ever.
 */
const COGNITO_NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;
/** A sign-in takes as long as its last challenge: a code by SMS, an authenticator app. */
const MAXIMUM_AGE_SECONDS = 600;
/** Clocks of phones and computers are ahead. */
const MAXIMUM_AHEAD_SECONDS = 120;

/**
 * Whether the content of a seal is of the sign-in that was observed, and of the user who signed in
 * (docs/passwords.md#what-is-accepted). How long the message has waited does not matter.
 */
export function judgeContent(json: unknown, user: ObservedUser): JudgedContent {
  const parsed = v.safeParse(contentSchema, json);
  if (!parsed.success) return unusable('malformed');
  const { password, username, iat } = parsed.output;
  if ([...password].length > MAXIMUM_PASSWORD) return unusable('too_long');
  const age = Date.parse(user.observedAt) / 1000 - iat;
  if (age > MAXIMUM_AGE_SECONDS) return unusable('too_old');
  if (age < -MAXIMUM_AHEAD_SECONDS) return unusable('in_the_future');
  if (isShownName(username, user)) return { kind: 'theirs', password };
  return COGNITO_NAME.test(username) ? { kind: 'ask', password, username } : unusable('other_user');
}

/**
 * Username and sub count as they are: whether a pool tells upper from lower case is the pool's own setting, so
 * a name in another case is asked about. An address that Cognito has not verified is no name that the user
 * alone can have.
 */
function isShownName(
  typed: string,
  { username, sub, email, emailVerified }: ObservedUser,
): boolean {
  if (typed === username || typed === sub) return true;
  return emailVerified && isSameAddress(typed, email);
}
