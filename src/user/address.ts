/**
 * The form in which two email addresses are compared: ASCII letters in lower case, everything else
 * unchanged. Full Unicode case folding would turn the KELVIN SIGN into a `k`, and so one person's address
 * into another's.
 */
export function toAddressKey(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Whether two addresses are the same. Absent addresses are never the same. */
export function isSameAddress(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && toAddressKey(one) === toAddressKey(other);
}
