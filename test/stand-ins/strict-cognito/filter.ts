import type { StrictCognitoUser } from './types.ts';

/**
 * The filters this project sends: `sub = "…"` and `email = "…"`, with quotation marks and backslashes of the value
 * escaped by a backslash (API reference, ListUsers: Filter). Upper and lower case differ, as the reference does not
 * promise otherwise. Undefined for any other, which the stand-in does not know.
 */
export function parseFilter(filter: string): ((user: StrictCognitoUser) => boolean) | undefined {
  const [, attribute, value] = /^(sub|email)\s*=\s*"((?:[^"\\]|\\["\\])*)"$/.exec(filter) ?? [];
  if (attribute === undefined || value === undefined) return undefined;
  const wanted = value.replaceAll(/\\(["\\])/g, '$1');
  return (user) =>
    user.Attributes.some(({ Name, Value }) => Name === attribute && Value === wanted);
}
