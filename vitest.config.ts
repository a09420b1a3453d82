import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need more than Node: a browser, a cloud's emulator. Each has a script of its own.
    exclude: ['test/browser/**', 'test/deploy/**'],
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
