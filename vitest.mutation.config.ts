import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { shared } from './vitest.config.ts';

/** The test files that test the folders under mutation directly and take seconds. Stryker runs them again and again. */
const TESTS = [
  'attempts',
  'automatic-payers',
  'change',
  'client-budget',
  'client-turns',
  'disagreement',
  'finished-responses',
  'health',
  'known-operations',
  'moment-of-asking',
  'normalise-answers',
  'normalise-cell',
  'overlap',
  'recorded',
  'refresh-demand',
  'refresher',
  'region',
  'remembered-observation',
  'renewing-cache',
  'request-errors',
  'request-key',
  'rest',
  'rest-description',
  'retry-after',
  'row-order',
  'row-texts',
  'scheduling',
  'send-response',
  'sold-out',
  'supplements',
  'unknown-values',
  'wall-clock',
  'wrong-answers',
];

const files = TESTS.map((name) => `test/${name}.test.ts`);
const missing = files.filter((file) => !existsSync(file));
if (missing.length > 0)
  throw new Error(`vitest.mutation.config.ts names files that do not exist: ${missing.join(', ')}`);

export default defineConfig({
  ...shared,
  test: { ...shared.test, include: files },
});
