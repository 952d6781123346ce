import type { StockLevel } from '../domain/observation.ts';

/**
 * RunPod's words for stock, folded as `toStock` folds them. Live answers use the three levels and "none"; the others appear in
 * clients of RunPod, which guard against them.
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
 * The stock level that a word of RunPod's stands for: UNKNOWN for a word that this gateway does not know, which means some stock
 * at an unknown level, and `null` for no word at all. Case, white space, `_` and `-` do not count.
 */
export function toStock(word: string | null): StockLevel | null {
  const folded = (word ?? '').replaceAll(/[\s_-]+/g, '').toLowerCase();
  return folded === '' ? null : (LEVEL_BY_WORD.get(folded) ?? 'UNKNOWN');
}
