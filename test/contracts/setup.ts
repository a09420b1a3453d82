import { relative } from 'node:path';
import { afterAll, afterEach, expect } from 'vitest';
import { takeUnexpected } from './expect-violations.ts';
import { observeExchanges } from './observe-exchanges.ts';
import { saveRecording } from './recordings.ts';
import { runningChecker } from './running-checker.ts';

/*
 * Every test is a contract test: what the code sends to a stand-in, and what the stand-in answers, is held against
 * the vendor's own description while the test runs.
 */
const stop = observeExchanges(runningChecker);

function expectNone(violations: string[]): void {
  if (violations.length === 0) return;
  throw new Error(`the vendor's own description has it otherwise:\n${violations.join('\n')}`);
}

afterEach(async () => expectNone(await takeUnexpected()));
afterAll(async () => {
  stop();
  const file = relative(process.cwd(), expect.getState().testPath ?? '');
  const ofProcesses = saveRecording(file, await runningChecker.loaded());
  expectNone([...(await takeUnexpected()), ...ofProcesses]);
});
