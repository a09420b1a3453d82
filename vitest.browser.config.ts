import { defineConfig } from 'vitest/config';

/** The tests that look at pages in a real browser: `npm run test:browser`. They need Chromium. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One browser at a time: each is several processes.
    maxWorkers: 1,
  },
});
