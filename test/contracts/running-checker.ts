import { createLazyChecker } from './lazy-checker.ts';

/** The checker of this test file: it sees every exchange with a server of the test's process. */
export const runningChecker = createLazyChecker();
