import { defineConfig } from 'vitest/config';

/** `npm run test:soak`: minutes of load, attacks and failures. SOAK_SECONDS says how many, SOAK_SEED which. */
export default defineConfig({
  test: {
    include: ['test/soak/**/*.test.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // The seed has to be seen before anything goes wrong.
    silent: false,
    env: { POWERTOOLS_DEV: 'true' },
  },
});
