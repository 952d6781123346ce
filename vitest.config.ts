import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Without it two copies of graphql load, and errors of one are not errors of the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    testTimeout: 30_000,
    server: { deps: { inline: [/graphql/] } },
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/browser/**'] } },
      { extends: true, test: { name: 'browser', include: ['test/browser/*.test.ts'] } },
    ],
  },
});
