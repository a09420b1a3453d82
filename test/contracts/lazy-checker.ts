import type { Checker } from './checker.ts';
import type { Observer } from './observe-exchanges.ts';

/** A checker that is loaded with the first exchange: most processes, and many test files, have none. */
export type LazyChecker = Observer & {
  /** Once everything that was observed is checked; undefined: nothing was. */
  loaded(): Promise<Checker | undefined>;
  /** Without waiting, for a process that exits. */
  loadedNow(): Checker | undefined;
};

export function createLazyChecker(): LazyChecker {
  let checker: Checker | undefined;
  let loading: Promise<void> | undefined;
  const waiting: ((observer: Observer) => void)[] = [];

  function whenLoaded(use: (observer: Observer) => void): void {
    if (checker) {
      use(checker);
      return;
    }
    waiting.push(use);
    loading ??= import('./checker.ts').then(({ createChecker }) => {
      checker = createChecker();
      for (const each of waiting.splice(0)) each(checker);
    });
  }

  return {
    onRequest: (request) => whenLoaded((observer) => observer.onRequest(request)),
    onAnswer: (request, answer) => whenLoaded((observer) => observer.onAnswer(request, answer)),
    async loaded() {
      await loading;
      return checker;
    },
    loadedNow: () => checker,
  };
}
