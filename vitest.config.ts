import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Emptied by `npm ci`; Node compares each entry with the source, so that an edited file is compiled anew. */
const COMPILE_CACHE = fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url));

/** What the others have exercised: it runs when they have ended. */
const COVERAGE = 'test/contracts/coverage.test.ts';

export default defineConfig({
  test: {
    // What every test file has exercised of the vendors' APIs, until the run ends.
    globalSetup: ['test/contracts/recordings.ts'],
    // Holds what the code sends and the stand-ins answer against the vendors' own descriptions.
    setupFiles: ['test/contracts/setup.ts'],
    // Long enough for a machine that does something else beside it: nothing is asserted about speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // On two cores. Most of their time tests wait for queues, processes and clocks, so that five files are worth running
    // at once.
    maxWorkers: 5,
    // What the code under test logs is of interest when a test fails.
    silent: 'passed-only',
    env: {
      // Powertools then writes where the line above can see it.
      POWERTOOLS_DEV: 'true',
      // Hundreds of tests start a command as a process of its own: half of its CPU time was compiling.
      NODE_COMPILE_CACHE: COMPILE_CACHE,
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          // They need Python, a browser or minutes: `npm run test:deploy`, `test:browser`, `test:soak`.
          exclude: ['test/deploy/**', 'test/browser/**', 'test/soak/**', COVERAGE],
        },
      },
      {
        extends: true,
        test: { name: 'coverage', include: [COVERAGE], sequence: { groupOrder: 1 } },
      },
    ],
  },
});
