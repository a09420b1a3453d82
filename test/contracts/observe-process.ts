import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checker } from './checker.ts';
import { type Observer, observeExchanges } from './observe-exchanges.ts';
import { PROCESS_FOLDER, type ProcessRecording } from './recordings.ts';

/*
 * Loaded by processes that have stand-ins of their own (`npm start`), see observedProcess(): checks their exchanges, and
 * leaves what it found for the test that started them.
 */
const folder = process.env[PROCESS_FOLDER];
let checker: Checker | undefined;
let loading: Promise<Checker> | undefined;

/** The checker is loaded with the first exchange: most processes have none. */
function whenLoaded(use: (observer: Observer) => void): void {
  loading ??= import('./checker.ts').then(({ createChecker }) => {
    checker = createChecker();
    return checker;
  });
  void loading.then(use);
}

observeExchanges({
  onRequest: (request) => whenLoaded((observer) => observer.onRequest(request)),
  onAnswer: (request, answer) => whenLoaded((observer) => observer.onAnswer(request, answer)),
});

process.on('exit', () => {
  if (folder === undefined || !checker) return;
  const recording: ProcessRecording = {
    checked: [...checker.checked],
    departures: [...checker.departures],
    violations: checker.takeViolations(),
  };
  writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(recording));
});
