import type { PlainPassword } from './plain-password.ts';

/**
 * Why a sealed password is not used. The observation that it came with is mirrored all the same.
 *
 * - `malformed`: no compact JWE with `RSA-OAEP-256` and `A256GCM`, or its content is no `{password, username, iat}`.
 * - `too_long`: the seal has more than 4,096 characters, or the password more than 256.
 * - `foreign_key`: sealed for a key that is not this stage's.
 * - `broken`: the key does not open it, or it was changed.
 * - `too_old`, `in_the_future`: not sealed for the sign-in that was observed.
 * - `other_user`: sealed under a name that is none of the observed user's.
 */
export type UnusableReason =
  | 'malformed'
  | 'too_long'
  | 'foreign_key'
  | 'broken'
  | 'too_old'
  | 'in_the_future'
  | 'other_user';

export type UnusableSeal = { kind: 'unusable'; reason: UnusableReason };

/** The caller of `opened` destroys the password when it is done with it. */
export type OpenedSeal = { kind: 'opened'; password: PlainPassword } | UnusableSeal;

export function unusable(reason: UnusableReason): UnusableSeal {
  return { kind: 'unusable', reason };
}
