import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need Python, a browser or minutes: `npm run test:deploy`, `test:browser`, `test:soak`.
    exclude: ['test/deploy/**', 'test/browser/**', 'test/soak/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers than that only wait for each other.
    maxWorkers: 2,
    // What the code under test logs is of interest when a test fails.
    silent: 'passed-only',
    // Powertools then writes where the line above can see it.
    env: { POWERTOOLS_DEV: 'true' },
  },
});
