/**
 * Formats an amount of US dollars with two decimals, and a third one if it is not zero. It does not use `Intl`, whose first use blocks
 * the page (see docs/performance.md).
 */
export const dollars = (amount: number): string => `$${amount.toFixed(3).replace(/0$/, '')}`;
