/** Entra ID's metadata URL names the application in its query, and is another document without it. */
const HARMLESS_QUERY = new Set(['appid', 'p']);

/**
 * A web address as it may be shown: it may hold a password or a token, so user information, fragment and
 * every query that is not known to be harmless are cut. Nothing for what is no web address.
 */
export function toPublicUrl(value: string | undefined): string | undefined {
  if (value === undefined || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  url.username = '';
  url.password = '';
  url.hash = '';
  for (const key of [...url.searchParams.keys()]) {
    if (!HARMLESS_QUERY.has(key)) url.searchParams.delete(key);
  }
  return url.href;
}
