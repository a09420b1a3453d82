import { expect, test } from 'vitest';
import { readPage } from './page.ts';
import { listFiles, readText } from './repository.ts';

/** Shorter pieces between variable parts prove nothing. */
const MINIMUM_LENGTH = 5;

/** Every text of the sources on one line, its joints and line breaks taken out. */
function readSources(): string {
  return listFiles(/^(src|scripts|bin|handlers|local|serverless)\/.*\.(ts|js)$|^serverless.*\.yml$/)
    .map(readText)
    .join('\n')
    .replaceAll(/['"`]\s*\+\s*['"`]/g, '')
    .replaceAll("''", "'")
    .replaceAll("\\'", "'")
    .replaceAll(/\s+/g, ' ');
}

test('every message in docs/troubleshooting.md is one that the code gives', () => {
  const sources = readSources();
  const messages = readPage('docs/troubleshooting.md').rows.flatMap(({ cells }) => cells[0] ?? []);
  expect(messages.length).toBeGreaterThan(40);
  const unknown = messages.filter((message) =>
    message
      .split('…')
      .map((part) => part.trim())
      .some((part) => part.length >= MINIMUM_LENGTH && !sources.includes(part)),
  );
  expect(unknown).toEqual([]);
});
