import { expect } from 'vitest';

/** Asserts that a command could not run: exit code 2, no result, one `error:` line, no stack and no wrong key. */
export function expectOneErrorLine(
  { code, stdout, stderr }: { code: number | null; stdout: string; stderr: string },
  line: RegExp,
): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  // The option parser may add a hint below its error.
  const lines = stderr
    .trim()
    .split('\n')
    .filter((each) => !each.startsWith('(Did you mean'));
  const errors = lines.filter((each) => each.startsWith('error:'));
  expect(errors).toEqual([lines.at(-1)]);
  expect(errors[0]).toMatch(line);
  expect(stderr).not.toMatch(/ {4}at |sk_wrong/);
}
