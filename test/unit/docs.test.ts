import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { conflictsTable } from '../fixtures/conflicts-table.ts';

const page = readFileSync(new URL('../../docs/whose-account.md', import.meta.url), 'utf8');

it('docs/whose-account.md lists every conflict reason with the advice that the commands print', () => {
  const table = /<!-- conflicts -->\n([\s\S]*?)\n<!-- \/conflicts -->/.exec(page)?.[1];
  expect(table).toBe(conflictsTable());
});
