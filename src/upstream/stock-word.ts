import type { StockLevel } from '../domain/observation.ts';

/**
 * The stock level for each of RunPod's words, normalised as in `toStock`. Live answers contain only "none" and the words for the three
 * levels. The other words are included, because other clients of RunPod's APIs accept them too.
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
 * Returns the stock level that RunPod's word stands for. Case, white space, `_` and `-` are ignored. The result for an unfamiliar word is
 * UNKNOWN: there is stock, but its level is not known. Returns `null` if there is no word.
 */
export function toStock(word: string | null): StockLevel | null {
  const folded = (word ?? '').replaceAll(/[\s_-]+/g, '').toLowerCase();
  return folded === '' ? null : (LEVEL_BY_WORD.get(folded) ?? 'UNKNOWN');
}
