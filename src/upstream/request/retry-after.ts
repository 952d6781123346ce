/**
 * Parses a Retry-After header (RFC 9110, section 10.2.3), which is a number of seconds or a date. Returns the delay from `now` in
 * milliseconds; `null` if the header is absent or malformed.
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // All three forms of an HTTP date begin with a weekday and are in GMT. One form does not contain "GMT", so this adds "GMT" to the text.
  const date = /^[A-Z]/i.test(text) ? Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
