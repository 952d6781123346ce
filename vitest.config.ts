import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** The settings that all test runs share. */
export const shared = defineConfig({
  // Without this alias, two copies of graphql are loaded. An error of one copy is not an instance of the other copy's class.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    // The time-out of a test, in milliseconds. It is long enough for a busy machine.
    testTimeout: 60_000,
    // Vitest does not transform the built library, but loads it like an installed package.
    server: { deps: { external: [/\/dist\/(?:library|subgraph)/] } },
    expect: { poll: { timeout: 15_000 } },
    // Test files share loaded modules, because loading the same packages for each file took most of the time.
    isolate: false,
    // Ignores an error of urql. After the last part of a response, urql aborts its own request and does not handle the rejection.
    onUnhandledError: ({ name, stack = '' }) => !(name === 'AbortError' && stack.includes('@urql/core')),
    // Runs up to four workers even on fewer cores, because most tests wait more than they compute.
    maxWorkers: 4,
  },
});

/**
 * The test files that take most of the time: searches with thousands of random inputs, soaks, tests that fill memory, and tests of whole
 * processes, outages and renewals. Without them, the unit tests take less than 100 s on two cores.
 */
const LONG = [
  'test/answer-limit.test.ts',
  'test/answer-size.test.ts',
  'test/automatic-outages.test.ts',
  'test/automatic.test.ts',
  'test/bench.test.ts',
  'test/clients/client-support.test.ts',
  'test/compare.test.ts',
  'test/contract/worlds.test.ts',
  'test/differential.test.ts',
  'test/doctor.test.ts',
  'test/document-cache.test.ts',
  'test/faults.test.ts',
  'test/federation/example.test.ts',
  'test/hanging-gpu-types.test.ts',
  'test/hostile.test.ts',
  'test/known-operations.test.ts',
  'test/large-operations.test.ts',
  'test/library/built-files.test.ts',
  'test/library/dispose.test.ts',
  'test/library/examples.test.ts',
  'test/library/instances.test.ts',
  'test/library/library.test.ts',
  'test/load.test.ts',
  'test/many-clients.test.ts',
  'test/normalise-answers.test.ts',
  'test/outage.test.ts',
  'test/pace-of-parts.test.ts',
  'test/pace.test.ts',
  'test/parts-by-id.test.ts',
  'test/placement/brute-force.test.ts',
  'test/protocol-switch.test.ts',
  'test/readiness.test.ts',
  'test/record.test.ts',
  'test/refresher.test.ts',
  'test/rest-answers.test.ts',
  'test/rest.test.ts',
  'test/scarce-rest.test.ts',
  'test/secrets.test.ts',
  'test/soak-sources.test.ts',
  'test/soak.test.ts',
  'test/start.test.ts',
  'test/stop-gap-lists.test.ts',
  'test/subscription-transports.test.ts',
  'test/subscriptions.test.ts',
  'test/supplements.test.ts',
  'test/web-socket-limits.test.ts',
  'test/web-sockets.test.ts',
];

/**
 * The test files with tests that measure how long something takes, such as the installation of the package, or the wait of a client during
 * an attack. These files run one at a time, because other tests would lengthen the measured times.
 */
const TIMED = [
  'test/deployment/hostile-clients.test.ts',
  'test/deployment/hostile-operations.test.ts',
  'test/deployment/outflow.test.ts',
  'test/deployment/package.test.ts',
  'test/deployment/thousand-subscribers.test.ts',
];

// Fails if a file in `LONG` or `TIMED` does not exist. If such a file was renamed, it would otherwise move to another Vitest project
// without notice.
const missing = [...LONG, ...TIMED].filter((file) => !existsSync(new URL(file, import.meta.url)));
if (missing.length > 0) throw new Error(`vitest.config.ts names files that do not exist: ${missing.join(', ')}`);

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/deployment/**', ...LONG],
          globalSetup: 'test/support/build-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: LONG,
          globalSetup: ['test/support/build-setup.ts', 'test/support/library-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'deployment',
          include: ['test/deployment/*.test.ts'],
          exclude: TIMED,
          globalSetup: 'test/support/build-setup.ts',
          testTimeout: 90_000,
          // Most of these tests start several processes, such as Redis and three replicas, so more workers would slow each other down.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'timed',
          include: TIMED,
          globalSetup: 'test/support/build-setup.ts',
          testTimeout: 90_000,
          maxWorkers: 1,
          // Runs after the other projects.
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/*.test.ts'],
          globalSetup: 'test/support/browser-setup.ts',
          // Each worker has a browser of its own, which needs a core.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
