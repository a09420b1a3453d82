import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openOutputFile } from '../../../scripts/shared/output-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'output-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a report file', () => {
  test('keeps the last good report until the new one is whole', async () => {
    const path = join(directory, 'report.jsonl');
    writeFileSync(path, 'last good report\n');
    {
      await using file = await openOutputFile('--report', path);
      await file.write('new\n');
      expect(readFileSync(path, 'utf8')).toBe('last good report\n');
      await file.commit();
    }
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(readdirSync(directory)).toEqual(['report.jsonl']);
  });

  test('that is given up leaves the last good report and nothing beside it', async () => {
    const path = join(directory, 'report.jsonl');
    writeFileSync(path, 'last good report\n');
    {
      await using file = await openOutputFile('--report', path);
      await file.write('half');
    }
    expect(readFileSync(path, 'utf8')).toBe('last good report\n');
    expect(readdirSync(directory)).toEqual(['report.jsonl']);
  });

  test('is readable for its owner alone, whatever the file before it was', async () => {
    const path = join(directory, 'report.jsonl');
    writeFileSync(path, 'old', { mode: 0o644 });
    {
      await using file = await openOutputFile('--report', path);
      await file.commit();
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('that a link names is written where the link points, and the link stays', async () => {
    const path = join(directory, 'link');
    const target = join(directory, 'target');
    writeFileSync(target, 'old');
    symlinkSync(target, path);
    {
      await using file = await openOutputFile('--report', path);
      await file.write('new');
      await file.commit();
    }
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  test.each(['nowhere/report.jsonl', '.'])(
    'at %s is refused before anything is done',
    async (name) => {
      await expect(openOutputFile('--report', join(directory, name))).rejects.toThrow(
        /--report cannot be written/,
      );
    },
  );

  test.each([
    ['the process exits', 'process.exit(2)'],
    ['an error ends the process', 'throw new Error("x")'],
  ])('leaves nothing beside it when %s', (_, ending) => {
    const module = new URL('../../../scripts/shared/output-file.ts', import.meta.url).href;
    const script = `import { openOutputFile } from '${module}';
      const file = await openOutputFile('--report', '${join(directory, 'report')}');
      await file.write('half');
      ${ending};`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(status).not.toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  });
});
