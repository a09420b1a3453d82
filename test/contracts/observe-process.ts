import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLazyChecker } from './lazy-checker.ts';
import { observeExchanges } from './observe-exchanges.ts';
import { PROCESS_FOLDER, type ProcessRecording } from './recordings.ts';

/*
 * Loaded by processes that have stand-ins of their own (`npm start`), see observedProcess(): checks their exchanges, and
 * leaves what it found for the test that started them.
 */
const folder = process.env[PROCESS_FOLDER];
const running = createLazyChecker();
observeExchanges(running);

process.on('exit', () => {
  const checker = running.loadedNow();
  if (folder === undefined || !checker) return;
  const recording: ProcessRecording = {
    checked: [...checker.checked],
    departures: [...checker.departures],
    violations: checker.takeViolations(),
  };
  writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(recording));
});
