import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Without it two copies of graphql load, and errors of one are not errors of the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    // Of a busy machine, too: what is waited for comes when it comes.
    testTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    // Files share what they import: most of the time went into loading the same packages for each of them.
    isolate: false,
    // After the last part of an answer, urql aborts its request and does not handle the rejection of its own reader.
    onUnhandledError: ({ name, stack = '' }) => !(name === 'AbortError' && stack.includes('@urql/core')),
    // Most tests wait more than they compute.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/deployment/**'],
          globalSetup: 'test/support/build-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'deployment',
          include: ['test/deployment/*.test.ts'],
          globalSetup: 'test/support/build-setup.ts',
          testTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/*.test.ts'],
          globalSetup: 'test/support/browser-setup.ts',
        },
      },
    ],
  },
});
