const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** Returns how long ago an instant was, in the largest unit that fits: '4 s ago', '12 min ago'. An instant in the future is 'now'. */
export function ageOf(instant: string, nowMs: number): string {
  const seconds = Math.floor((nowMs - Date.parse(instant)) / 1000);
  const unit = UNITS.find(([length]) => seconds >= length);
  if (unit !== undefined) return `${Math.floor(seconds / unit[0])} ${unit[1]} ago`;
  return seconds < 1 ? 'now' : `${seconds} s ago`;
}

/** Formats an instant as a short date in UTC, for example '1 Jan 2026'. */
export function shortDayOf(instant: string): string {
  const [, day, month, year] = utcWordsOf(instant);
  return `${Number(day)} ${month} ${year}`;
}

/** Formats an instant as date and time in UTC, for example '1 Jan 2026 at 12:00 UTC'. */
export const dayOf = (instant: string): string =>
  `${shortDayOf(instant)} at ${utcWordsOf(instant)[4]?.slice(0, 5)} UTC`;

/**
 * Returns the parts of a date, for example 'Thu,', '01', 'Jan', '2026', '12:00:00' and 'GMT'. They do not come from `Intl`, whose first
 * use blocks the page (see docs/performance.md).
 */
const utcWordsOf = (instant: string): readonly string[] => new Date(instant).toUTCString().split(' ');
