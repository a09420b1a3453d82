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

test('every test that docs/security.md names exists', () => {
  const tests = new Set(
    listFiles(/\.test\.ts$/).map((path) => path.replace(/^.*\//, '').replace(/\.test\.ts$/, '')),
  );
  const named = readPage('docs/security.md')
    .rows.filter(({ cells }) => cells.length === 3)
    .flatMap(({ cells }) => cells[2] ?? []);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((name) => !tests.has(name) && !name.startsWith('npm '))).toEqual([]);
});
