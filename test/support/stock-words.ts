import * as fc from 'fast-check';

/** Stock words that RunPod may send, each with the stock level that it means. A blank or missing word means no level (`null`). */
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

/** Generates entries of `STOCK_WORDS`, and similar entries with words that the gateway does not know. */
export const stockWords = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...STOCK_WORDS) },
  { weight: 1, arbitrary: fc.string().map((text) => [`New: ${text}`, 'UNKNOWN'] as const) },
);
