import * as fc from 'fast-check';

/** What RunPod may say about stock, and what that means; `null` for nothing said. */
export const STOCK_WORDS = [
  ['High', 'HIGH'],
  ['HIGH', 'HIGH'],
  ['Medium', 'MEDIUM'],
  ['medium', 'MEDIUM'],
  ['Low', 'LOW'],
  [' LOW ', 'LOW'],
  ['None', 'NONE'],
  ['Out', 'NONE'],
  ['Out of Stock', 'NONE'],
  ['OUT_OF_STOCK', 'NONE'],
  ['Unavailable', 'NONE'],
  ['no stock', 'NONE'],
  ['Plenty', 'UNKNOWN'],
  ['', null],
  [' ', null],
  [null, null],
] as const;

/** Those, and words that nobody knows. */
export const stockWords = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...STOCK_WORDS) },
  { weight: 1, arbitrary: fc.string().map((text) => [`New: ${text}`, 'UNKNOWN'] as const) },
);
