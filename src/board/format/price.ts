// The format is created only once, because creating it takes much longer than using it. The matrix shows a price in each row.
const AMOUNT = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 3 });

/** Formats an amount of US dollars with two decimals, and a third one if it is not zero. */
export const dollars = (amount: number): string => `$${AMOUNT.format(amount)}`;
