import type { StockLevel } from '../domain/observation.ts';

/**
 * Stock levels by RunPod's words for them, normalised as in `toStock`. Live answers contain only the words for the three levels and "none".
 * The other words are included because other clients of RunPod's APIs accept them too.
 */
const LEVEL_BY_WORD = new Map<string, StockLevel>([
  ['high', 'HIGH'],
  ['medium', 'MEDIUM'],
  ['low', 'LOW'],
  ['none', 'NONE'],
  ['out', 'NONE'],
  ['outofstock', 'NONE'],
  ['unavailable', 'NONE'],
  ['nostock', 'NONE'],
]);

/**
 * Returns the stock level that one of RunPod's words means. An unfamiliar word means UNKNOWN: there is some stock, but its level is not
 * known. Returns `null` if there is no word. Case, white space, `_` and `-` are ignored.
 */
export function toStock(word: string | null): StockLevel | null {
  const folded = (word ?? '').replaceAll(/[\s_-]+/g, '').toLowerCase();
  return folded === '' ? null : (LEVEL_BY_WORD.get(folded) ?? 'UNKNOWN');
}
