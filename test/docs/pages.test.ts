import { expect, test } from 'vitest';
import { conflictsTable } from './conflicts-table.ts';
import { readPage } from './page.ts';
import { absolutePath, listFiles, readText } from './repository.ts';

test('docs/conflicts.md has every conflict reason with the advice that the commands print', async () => {
  const page = readText('docs/conflicts.md').replace(
    /(<!-- conflicts -->\n)[\s\S]*?(<!-- \/conflicts -->)/,
    `$1${conflictsTable()}\n$2`,
  );
  // After a change of the advice, `npx vitest run test/docs -u` writes the page.
  await expect(page).toMatchFileSnapshot(absolutePath('docs/conflicts.md'));
});

test('the README has at most 200 lines', () => {
  expect(readText('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(200);
});

test('no file refers to documents that are not in the repository', () => {
  const referring = listFiles(/\.(ts|js|mjs|yml|py|md|json)$|^\.ci\//)
    .filter((path) => path !== 'package-lock.json' && !path.startsWith('test/docs/'))
    .filter((path) => /\b(DESIGN|FACTS)\b/.test(readText(path)));
  expect(referring).toEqual([]);
});

/** The cells of docs/security.md that name tests: `file`, or `file`: "a part of a name", "another". */
function readNamedTests(): { file: string; names: string[] }[] {
  const cells = readPage('docs/security.md').rows.flatMap(({ texts }) => texts[2] ?? []);
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`([\w-]+)`((?::? ?,? ?"[^"]+")*)/g)].map(([, file = '', names = '']) => ({
      file,
      names: [...names.matchAll(/"([^"]+)"/g)].flatMap(([, name]) => name ?? []),
    })),
  );
}

test('every test that docs/security.md names exists', () => {
  const tests = Map.groupBy(listFiles(/\.test\.ts$/), (path) =>
    path.replace(/^.*\/|\.test\.ts$/g, ''),
  );
  const named = readNamedTests();
  expect(named.length).toBeGreaterThan(15);
  const missing = named.flatMap(({ file, names }) => {
    const text = tests.get(file)?.map(readText).join('\n');
    if (text === undefined) return [file];
    return names.filter((name) => !text.includes(name)).map((name) => `${file}: ${name}`);
  });
  expect(missing).toEqual([]);
});
