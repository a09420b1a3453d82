import * as v from 'valibot';

/** As many characters as a trigger carries. */
export const MAXIMUM_SEAL_LENGTH = 4_096;

/**
 * A sealed password as the application sends it: a JSON Web Encryption in its compact form, five parts in
 * base64url (RFC 7516, section 7.1), at most 4,096 characters. Only the form is checked; whether it can be
 * opened, only the consumer can tell.
 */
export const sealedPasswordSchema = v.pipe(
  v.string(),
  v.maxLength(MAXIMUM_SEAL_LENGTH),
  v.regex(/^[\w-]+(\.[\w-]*){3}\.[\w-]+$/),
);
