import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { readPages } from './page.ts';
import { listFiles, listFolders, readText } from './repository.ts';

const pages = readPages();
const anchors = new Map(pages.map((page) => [page.path, page.anchors]));
const files = new Set(listFiles(/./));
const folders = listFolders();

/** @param path from the repository's root. @returns what is wrong with it. */
function checkTarget(path: string, anchor: string | undefined): string | undefined {
  if (!files.has(path) && !folders.has(path)) return `there is no ${path}`;
  if (anchor === undefined || !path.endsWith('.md')) return undefined;
  return anchors.get(path)?.has(anchor) ? undefined : `${path} has no #${anchor}`;
}

test('every link and anchor of the documentation leads to a file and a heading that exist', () => {
  const broken = pages.flatMap(({ path, links }) =>
    links
      .filter((link) => !/^(https?|mailto):/.test(link))
      .flatMap((link) => {
        const [target = '', anchor] = link.split('#');
        const file = target === '' ? path : posix.join(posix.dirname(path), target);
        const problem = checkTarget(posix.normalize(file), anchor);
        return problem === undefined ? [] : [`${path}: ${problem}`];
      }),
  );
  expect(broken).toEqual([]);
});

test('every file and folder that a page names by its path exists', () => {
  const PATH = /^(?:src|test|scripts|serverless|handlers|local|bench|docs|bin)\/[\w./-]*$/;
  const missing = pages
    .filter(({ path }) => path !== 'CHANGELOG.md')
    .flatMap(({ path, codeSpans }) =>
      codeSpans
        .filter((span) => PATH.test(span))
        .filter((span) => checkTarget(span.replace(/\/$/, ''), undefined) !== undefined)
        .map((span) => `${path}: there is no ${span}`),
    );
  expect(missing).toEqual([]);
});

test('every page that code, configuration or a comment names exists, with its anchor', () => {
  const sources = listFiles(/\.(ts|js|mjs|yml|yaml|py|json|html)$|^\.ci\//).filter(
    (path) => path !== 'package-lock.json' && !path.startsWith('test/docs/'),
  );
  const broken = sources.flatMap((path) =>
    [...readText(path).matchAll(/\bdocs\/([\w./-]+\.md)(?:#([\w-]+))?/g)].flatMap(
      ([, page = '', anchor]) => {
        const problem = checkTarget(`docs/${page}`, anchor);
        return problem === undefined ? [] : [`${path}: ${problem}`];
      },
    ),
  );
  expect(broken).toEqual([]);
});

test('every section of the README that a comment quotes exists', () => {
  const headings = new Set(
    readText('README.md')
      .match(/^#+ .*$/gm)
      ?.map((line) => line.replace(/^#+ /, '')),
  );
  const quoted = listFiles(/\.(ts|js|yml)$|^\.ci\//)
    .filter((path) => !path.startsWith('test/docs/'))
    .flatMap((path) =>
      [...readText(path).matchAll(/README, "([^"]+)"/g)].map(([, name = '']) => ({ path, name })),
    );
  expect(quoted.filter(({ name }) => !headings.has(name))).toEqual([]);
});

test('every page of docs/ can be reached from the README', () => {
  const reached = new Set(['README.md']);
  const links = new Map(pages.map((page) => [page.path, page.links]));
  for (const path of reached) {
    for (const link of links.get(path) ?? []) {
      const target = posix.normalize(posix.join(posix.dirname(path), link.split('#')[0] ?? ''));
      if (links.has(target)) reached.add(target);
    }
  }
  const ofUsers = pages.map(({ path }) => path).filter((path) => /^docs\/|^[^/]+$/.test(path));
  expect(ofUsers.filter((path) => !reached.has(path))).toEqual([]);
});
