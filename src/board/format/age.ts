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

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

const SHORT_DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** Formats an instant as a short date in UTC, for example '1 Jan 2026'. */
export const shortDayOf = (instant: string): string => SHORT_DAY.format(new Date(instant));

/** Formats an instant as date and time in UTC, for example '1 January 2026 at 12:00 UTC'. */
export const dayOf = (instant: string): string => `${DAY.format(new Date(instant))} UTC`;
