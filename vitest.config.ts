import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const shared = {
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['scripts/property-seed.ts'],
};
const report = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    // One worker for every core: most tests wait for programs and for the disk.
    maxWorkers: availableParallelism(),
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        test: {
          ...shared,
          name: 'fast',
          include: ['packages/*/test/**/*.test.ts'],
          exclude: ['**/long/**', '**/*.long.test.ts', '**/interop/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'long',
          include: ['packages/*/test/long/**/*.test.ts', 'packages/*/test/**/*.long.test.ts'],
          testTimeout: 600_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'interop',
          include: ['packages/*/test/interop/**/*.test.ts'],
          globalSetup: ['packages/cli/test/interop/support/python-environments.ts'],
          testTimeout: 600_000,
        },
      },
    ],
  },
});
