import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A file of the page, served as it is. */
export type Asset = { type: string; body: Buffer };

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
const FILES = {
  '/': ['index.html', TYPES.html],
  '/icon.svg': ['icon.svg', TYPES.svg],
  '/style.css': ['style.css', TYPES.css],
  ...Object.fromEntries(
    [
      'main',
      'page-state',
      'words',
      'elements',
      'board',
      'cards',
      'crowd',
      'story',
      'forms',
      'motion',
    ].map((name) => [`/${name}.js`, [`${name}.js`, TYPES.js]]),
  ),
} satisfies Record<string, string[]>;

/** The page's files by their paths; no other path is served. */
export async function readAssets(): Promise<Map<string, Asset>> {
  const entries = Object.entries(FILES).map(async ([path, [name = '', type = '']]) => {
    const body = await readFile(fileURLToPath(new URL(`./public/${name}`, import.meta.url)));
    return [path, { type, body }] as const;
  });
  return new Map(await Promise.all(entries));
}
