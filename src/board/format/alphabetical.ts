/**
 * Compares two texts in alphabetical order. Case decides only between texts that are otherwise equal. It does not use `localeCompare`, whose
 * first use blocks the page like that of `Intl` (see docs/performance.md). Letters with accents come after all letters without accents.
 */
export const alphabetical = (a: string, b: string): number =>
  compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b);

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);
