/**
 * Mutation tests: `npm run test:mutation`, or for one file `npm run test:mutation -- --mutate src/domain/region.ts`. A report is
 * written to reports/mutation/mutation.html.
 */
export default {
  mutate: ['src/{domain,cache,upstream,fast-path}/**/*.ts', '!**/*.generated.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  coverageAnalysis: 'perTest',
  // Each mutant that runs while its module is loaded, such as an entry of a table, would need all tests.
  ignoreStatic: true,
  // Stryker would rewrite tsconfig.json with an API that TypeScript 7 does not have. Vitest does not need that.
  tsconfigFile: '',
  // The first run, of all tests without mutants, takes some minutes.
  dryRunTimeoutMinutes: 30,
  concurrency: 2,
  thresholds: { high: 90, low: 80, break: null },
  reporters: ['clear-text', 'progress', 'html'],
  ignorePatterns: ['dist', '.build-test'],
};
