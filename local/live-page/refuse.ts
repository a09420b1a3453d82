import type { IncomingHttpHeaders } from 'node:http';

/**
 * Why a request does not come from the page itself, if it does not: a site that had its own name resolve to
 * 127.0.0.1 (DNS rebinding), or another site's form or script.
 *
 * @param port of the page.
 */
export function refuse(
  { method, headers }: { method: string; headers: IncomingHttpHeaders },
  port: number,
): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = headers;
  if (!hosts.includes(host)) return 'This page answers to 127.0.0.1 and localhost alone.';
  const isOwn = origin === `http://${host}`;
  if (method === 'GET' && (isOwn || origin === undefined)) return undefined;
  return isOwn ? undefined : 'Only the page itself may ask for this.';
}
