/**
 * An email address in the one form in which two are compared: ASCII letters in lower case, everything
 * else as it is. A full Unicode folding would take the KELVIN SIGN for a `k`, and so one person's
 * address for another's.
 */
export function toAddressKey(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Whether two addresses are the same; an absent one is the same as none. */
export function isSameAddress(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && toAddressKey(one) === toAddressKey(other);
}
