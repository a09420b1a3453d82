import * as v from 'valibot';

/** As much as a trigger carries; a message of SQS has room for 256 KiB (docs/facts.md#sqs). */
const LONGEST = 4_096;

/**
 * A sealed password as the application sends it: a JSON Web Encryption in its compact form, five parts in
 * base64url (RFC 7516, section 7.1), at most 4,096 characters. Only the form is checked; whether it can be
 * opened, only the consumer can tell.
 */
export const sealedPasswordSchema = v.pipe(
  v.string(),
  v.maxLength(LONGEST),
  v.regex(/^[\w-]+(\.[\w-]*){3}\.[\w-]+$/),
);
