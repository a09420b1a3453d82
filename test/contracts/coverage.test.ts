import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { operationsIn, PRODUCT } from './aws/product-operations.ts';
import type { Checked } from './checker.ts';
import { DEPARTURES } from './departures.ts';
import { readRecordings } from './recordings.ts';
import { workosOperationsIn } from './workos/product-operations.ts';

const recordings = readRecordings();
const ended = new Set(recordings.map(({ file }) => file));
const files = globSync('test/{contracts,docs,e2e,integration,unit}/**/*.test.ts');
const isWholeRun = files.every((file) => ended.has(file) || file.endsWith('coverage.test.ts'));

/** Of all test files of this run. */
const checked = new Map<string, Checked>();
for (const [operation, { requests, answers }] of recordings.flatMap((each) => each.checked)) {
  const before = checked.get(operation) ?? { requests: 0, answers: 0 };
  checked.set(operation, {
    requests: before.requests + requests,
    answers: before.answers + answers,
  });
}

/** serverless/check-settings.js sends it during a deployment: `npm run test:deploy` has it answered by MiniStack. */
const ONLY_DEPLOYED = ['cloudformation:GetTemplate'];

function withoutContract(operations: string[]): string[] {
  return operations.filter((each) => {
    const { requests, answers } = checked.get(each) ?? { requests: 0, answers: 0 };
    return requests === 0 || answers === 0;
  });
}

describe.runIf(isWholeRun)('of a whole run of the tests', () => {
  test('every AWS operation that the project sends was held against the model, with an answer', () => {
    const operations = operationsIn(PRODUCT);
    expect(operations).toContain('cognito-idp:ListUsers');
    expect(withoutContract(operations)).toEqual(ONLY_DEPLOYED);
  });

  test('every WorkOS operation that the project sends was held against the description, with an answer', () => {
    const operations = workosOperationsIn(PRODUCT);
    expect(operations).toContain('workos:POST /user_management/users');
    expect(withoutContract(operations)).toEqual([]);
  });

  test('something rested on every departure from the descriptions', () => {
    const used = new Set(recordings.flatMap(({ departures }) => departures));
    expect(DEPARTURES.filter(({ name }) => !used.has(name)).map(({ name }) => name)).toEqual([]);
  });
});
