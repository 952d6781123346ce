const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** How long ago something was, in the largest unit that fits: '4 s ago', '12 min ago', '3 h ago'. A clock ahead of ours is 'now'. */
export function ageOf(instant: string, nowMs: number): string {
  const seconds = Math.floor((nowMs - Date.parse(instant)) / 1000);
  const unit = UNITS.find(([length]) => seconds >= length);
  if (unit !== undefined) return `${Math.floor(seconds / unit[0])} ${unit[1]} ago`;
  return seconds < 1 ? 'now' : `${seconds} s ago`;
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** An instant as people write it, in UTC. */
export const dayOf = (instant: string): string => `${DAY.format(new Date(instant))} UTC`;
