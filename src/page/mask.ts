import { withoutInvisible } from './visible.ts';

const HIDDEN = '•••';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DOMAIN = /^(?=.{1,253}$)([\p{L}\p{N}\p{M}-]+\.)+[\p{L}\p{M}][\p{L}\p{M}\p{N}-]+$/u;
const PHONE = /^\+?[\p{Nd} ()./-]{6,}$/u;
const WORD = /[^\s<>"'(),;]+/g;

/**
 * `ada@example.com` → `a•••@example.com`. The local part is everything before the last `@`; of one
 * letter nothing is shown, nor of what is no domain.
 */
export function maskEmail(email: string): string {
  const clean = withoutInvisible(email);
  const at = clean.lastIndexOf('@');
  if (at === -1) return maskWord(clean);
  const domain = clean.slice(at + 1);
  return `${maskWord(clean.slice(0, at))}@${DOMAIN.test(domain) ? domain : HIDDEN}`;
}

/**
 * A Cognito username, which may be an email or a phone number (of which the last two digits stay).
 * A UUID is shown: it is what Cognito makes up where people sign in with an email.
 */
export function maskUsername(username: string): string {
  const clean = withoutInvisible(username);
  if (UUID.test(clean)) return clean;
  if (clean.includes('@')) return maskEmail(clean);
  return PHONE.test(clean) ? maskPhone(clean) : maskWord(clean);
}

/** An id is shown, unless it is an email or an international phone number. */
export function maskId(id: string): string {
  const clean = withoutInvisible(id);
  if (clean.includes('@')) return maskEmail(clean);
  return clean.startsWith('+') && PHONE.test(clean) ? maskPhone(clean) : id;
}

/** A sentence with every email in it masked. */
export function maskText(text: string): string {
  return text.replace(WORD, (word) => (word.includes('@') ? maskEmail(word) : word));
}

function maskPhone(phone: string): string {
  const digits = [...phone].filter((character) => /\p{Nd}/u.test(character));
  return `${HIDDEN}${digits.slice(-2).join('')}`;
}

/** The first letter, where it is a letter and not the whole word. */
function maskWord(word: string): string {
  const [first, ...rest] = [...word];
  const isWhole = rest.every((character) => /\p{M}/u.test(character));
  if (first === undefined || isWhole || !/[\p{L}\p{N}\p{S}]/u.test(first)) return HIDDEN;
  return `${first}${HIDDEN}`;
}
