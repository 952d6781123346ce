/** Formats an amount of US dollars with two decimals, and a third one if it is not zero. */
export const dollars = (amount: number): string =>
  `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 3 })}`;
