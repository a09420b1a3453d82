export type EmailComparison = 'ascii' | 'unicode';

/**
 * Two emails with the same key belong to the same user. How WorkOS folds case is not documented;
 * `ascii` takes `Ä` and `ä` for different characters, `unicode` for the same.
 */
export function emailToKey(email: string, comparison: EmailComparison): string {
  if (comparison === 'unicode') return email.toLowerCase();
  return email.replaceAll(/[A-Z]/g, (character) => character.toLowerCase());
}
