import type { StrictCognitoUser } from './types.ts';

/**
 * The one filter this project sends: `sub = "…"` (API reference, ListUsers: Filter). Undefined for any
 * other, which the stand-in does not know.
 */
export function parseFilter(filter: string): ((user: StrictCognitoUser) => boolean) | undefined {
  const sub = /^sub\s*=\s*"([^"\\]*)"$/.exec(filter)?.[1];
  if (sub === undefined) return undefined;
  return (user) => user.Attributes.some(({ Name, Value }) => Name === 'sub' && Value === sub);
}
