import type { StockLevel } from '../domain/observation.ts';

/**
 * Stock levels by RunPod's words for them, normalised as in `toStock`. Live answers use the three levels and "none". The other words come
 * from clients of RunPod, which are prepared for them.
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
 * The stock level that one of RunPod's words means. An unfamiliar word is UNKNOWN: there is some stock, at an unknown level. No word at all
 * is `null`. Case, white space, `_` and `-` are ignored.
 */
export function toStock(word: string | null): StockLevel | null {
  const folded = (word ?? '').replaceAll(/[\s_-]+/g, '').toLowerCase();
  return folded === '' ? null : (LEVEL_BY_WORD.get(folded) ?? 'UNKNOWN');
}
