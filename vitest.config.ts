import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Without it two copies of graphql load, and errors of one are not errors of the other.
  resolve: { alias: { graphql: 'graphql/index.js' } },
  test: { testTimeout: 30_000, include: ['test/**/*.test.ts'], server: { deps: { inline: [/graphql/] } } },
});
