/**
 * Compares two texts in alphabetical order, ignoring case. It does not use `localeCompare`, because the first use of `localeCompare` blocks
 * the page, as the first use of `Intl` does (see docs/performance.md). Letters with accents come after all letters without accents.
 */
export function alphabetical(a: string, b: string): number {
  const [first, second] = [a.toLowerCase(), b.toLowerCase()];
  return Number(first > second) - Number(first < second);
}
