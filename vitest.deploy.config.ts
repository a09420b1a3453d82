import { defineConfig } from 'vitest/config';

/** `npm run test:deploy`: real deployments into an emulated AWS. */
export default defineConfig({
  test: {
    include: ['test/deploy/**/*.test.ts'],
    testTimeout: 180_000,
    // The first run also installs the emulator.
    hookTimeout: 300_000,
    // One deployment at a time: they share the directories that are packaged into.
    fileParallelism: false,
    silent: 'passed-only',
  },
});
