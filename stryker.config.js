/**
 * Mutation tests: `npm run test:mutation`, or for one file `npm run test:mutation -- --mutate src/domain/region.ts`. A report is
 * written to reports/mutation/mutation.html.
 */
export default {
  mutate: ['src/{domain,cache,upstream,fast-path}/**/*.ts', '!**/*.generated.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  coverageAnalysis: 'perTest',
  // Ignores mutants in code that runs when a module is loaded, such as the entries of a table. Each of them would have to be tested with
  // all tests.
  ignoreStatic: true,
  // Keeps Stryker from rewriting tsconfig.json. It would use an API that TypeScript 7 does not have, and Vitest does not need the rewrite.
  tsconfigFile: '',
  // The first run, of all tests without mutants, takes some minutes.
  dryRunTimeoutMinutes: 30,
  concurrency: 2,
  thresholds: { high: 90, low: 80, break: null },
  reporters: ['clear-text', 'progress', 'html'],
  ignorePatterns: ['dist', '.build-test'],
};
