import { defineConfig } from 'vitest/config';

const shared = { globals: false, pool: 'forks' as const, testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'fast', include: ['packages/*/test/**/*.test.ts'], exclude: ['**/long/**'] } },
      { test: { ...shared, name: 'long', include: ['packages/*/test/long/**/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
});
