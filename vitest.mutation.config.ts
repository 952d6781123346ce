import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { shared } from './vitest.config.ts';

/** The test files that directly test the mutated folders and take only seconds. Stryker runs them again and again. */
const TESTS = [
  'arguments',
  'attempts',
  'automatic-payers',
  'budget',
  'cache-control',
  'cache-statistics',
  'change',
  'change-log',
  'circuit-breaker',
  'client-budget',
  'client-turns',
  'create-request',
  'disagreement',
  'finished-responses',
  'hang-detector',
  'health',
  'hold-offs',
  'known-ids',
  'known-operations',
  'last-seen',
  'memory-store',
  'moment-of-asking',
  'normalise-answers',
  'normalise-cell',
  'overlap',
  'quota',
  'recorded',
  'refresh-demand',
  'refresher',
  'region',
  'remembered-observation',
  'renewing-cache',
  'request-errors',
  'request-key',
  'request-queue',
  'response-store',
  'rest-description',
  'rest-missing-gpu-types',
  'rest-names',
  'rest-outcomes',
  'retry-after',
  'row-order',
  'row-texts',
  'scheduling',
  'send-response',
  'sold-out',
  'supplement-queue',
  'supplements',
  'type-rows',
  'unknown-values',
  'validity',
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
