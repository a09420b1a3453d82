import { runningChecker } from './running-checker.ts';

let expected: RegExp[] = [];

/**
 * For a test that sends or answers what the vendor does not have, on purpose: violations that match one of these do
 * not fail it, and one that does not occur until the test has ended does.
 */
export function expectViolations(...patterns: RegExp[]): void {
  expected.push(...patterns);
}

/** What the test that has ended broke, or was expected to break and did not; one line each. */
export async function takeUnexpected(): Promise<string[]> {
  const violations = (await runningChecker.loaded())?.takeViolations() ?? [];
  const missing = expected.filter((pattern) => !violations.some((line) => pattern.test(line)));
  const surplus = violations.filter((line) => !expected.some((pattern) => pattern.test(line)));
  expected = [];
  return [...surplus, ...missing.map((pattern) => `expected, but nothing broke ${pattern}`)];
}
