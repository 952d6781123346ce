/**
 * Compares two texts in alphabetical order, without regard to case. It does not use `localeCompare`, whose first use blocks the
 * page like that of `Intl` (see docs/performance.md). The order differs for texts with accents, which RunPod's names do not have.
 */
export function alphabetical(a: string, b: string): number {
  const [first, second] = [a.toLowerCase(), b.toLowerCase()];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
