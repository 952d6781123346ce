/**
 * Compares two texts in alphabetical order, without regard to case. It does not use `localeCompare`, whose first use blocks the page like
 * that of `Intl` (see docs/performance.md). Letters with accents come after all letters without accents.
 */
export function alphabetical(a: string, b: string): number {
  const [first, second] = [a.toLowerCase(), b.toLowerCase()];
  return Number(first > second) - Number(first < second);
}
