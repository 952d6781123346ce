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
  'patience',
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
  'send-response',
  'sold-out',
  'supplements',
  'turns',
  'unknown-values',
  'wall-clock',
  'wrong-answers',
];

export default defineConfig({
  ...shared,
  test: { ...shared.test, include: TESTS.map((name) => `test/${name}.test.ts`) },
});
