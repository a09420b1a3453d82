import { expect, test } from 'vitest';
import { readPage, readPages } from './page.ts';
import { firstColumn, readAlarms, readMetrics, readParameters, readVariables } from './settings.ts';

const configuration = readPage('docs/configuration.md');
const operations = readPage('docs/operations.md');

const sorted = (names: Iterable<string>) => [...names].sort();

test('the documentation has exactly the deployment parameters of serverless.yml', () => {
  expect(sorted(firstColumn(configuration, 'Deployment parameters'))).toEqual(
    sorted(readParameters()),
  );
});

test('the documentation has exactly the environment variables that the code reads', () => {
  const development = readPage('docs/development.md');
  const documented = [configuration, development].flatMap((page) => [
    ...firstColumn(page, 'Variables'),
  ]);
  expect(sorted(documented)).toEqual(sorted(readVariables()));
});

test('every variable that a page mentions is one that the code reads', () => {
  const known = readVariables();
  const unknown = readPages()
    .filter(({ path }) => path !== 'CHANGELOG.md')
    .flatMap(({ path, codeSpans, shellLines }) => {
      const exported = shellLines.flatMap((line) => line.match(/\b[A-Z][A-Z_]+(?==)/g) ?? []);
      return [...codeSpans, ...exported]
        .filter((name) => /^(SYNC|WORKOS|OAUTH|TRUSTED|SOAK|CHROMIUM)_[A-Z_]+$/.test(name))
        .filter((name) => !known.has(name))
        .map((name) => `${path}: ${name}`);
    });
  expect(unknown).toEqual([]);
});

test('the documentation has exactly the alarms of the deployment', () => {
  expect(sorted(firstColumn(operations, 'Alarms'))).toEqual(sorted(readAlarms()));
});

test('the documentation has exactly the metrics of the functions', () => {
  expect(sorted(firstColumn(operations, 'Metrics'))).toEqual(sorted(readMetrics()));
});
