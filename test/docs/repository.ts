import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The files of the working tree, new ones included, as paths from the repository's root. */
export function listFiles(pattern: RegExp): string[] {
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    options,
  );
  const deleted = execFileSync('git', ['ls-files', '--deleted', '-z'], options).split('\0');
  return listed
    .split('\0')
    .filter((path) => path !== '' && pattern.test(path) && !deleted.includes(path));
}

/** Every folder that has files in it, at any depth: `src`, `src/verify`. */
export function listFolders(): Set<string> {
  return new Set(
    listFiles(/\//).flatMap((path) => {
      const parts = path.split('/').slice(0, -1);
      return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    }),
  );
}

/** The text of a file of the repository. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function absolutePath(path: string): string {
  return join(ROOT, path);
}
