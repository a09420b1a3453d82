import { setTimeout as delay } from 'node:timers/promises';

/** A printed curl command, as data. */
export type CurlCommand = { url: string; headers: Record<string, string>; body?: string };

/** The printed curl commands, split into words as a shell does. */
export function curlCommands(text: string): CurlCommand[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines
    .filter((line) => line.trim().startsWith('curl '))
    .map((line) => {
      const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? '');
      const after = (flag: string) =>
        words.flatMap((word, i) => (words[i - 1] === flag ? [word] : []));
      const headers = after('-H').map((header) => header.split(': ') as [string, string]);
      const [body] = after('-d');
      const url = words.find((word) => word.startsWith('http://')) ?? '';
      return { url, headers: Object.fromEntries(headers), ...(body !== undefined && { body }) };
    });
}

/** Sends what the command would send. */
export async function sendCurl(command: CurlCommand | undefined): Promise<Response> {
  if (!command) throw new Error('the command was not printed');
  const { url, headers, body } = command;
  return fetch(url, { headers, ...(body !== undefined && { method: 'POST', body }) });
}

/** Asks WorkOS with a printed command until it has the user. */
export async function userInWorkos(look: CurlCommand | undefined, email: string): Promise<unknown> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const page = (await (await sendCurl(look)).json()) as { data: { email: string }[] };
    const user = page.data.find((each) => each.email === email);
    if (user) return user;
    await delay(50);
  }
  throw new Error(`${email} did not arrive in WorkOS`);
}
