/**
 * Reads a Retry-After header (RFC 9110, section 10.2.3), which holds seconds or a date, as milliseconds from `now`.
 * `null` when there is none, or when it holds neither.
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Each of the three forms of an HTTP date begins with a weekday, and is in GMT though one does not say so.
  const date = /^[A-Z]/i.test(text) ? Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
