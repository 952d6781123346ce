/**
 * Returns how long a response asks to wait before the next request, in milliseconds. Its Retry-After header is a number of seconds or a date
 * (RFC 9110, section 10.2.3). Returns 0 if the response does not ask for that.
 */
export function retryAfterOf({ headers }: Pick<Response, 'headers'>): number {
  const text = headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return ms > 0 ? ms : 0;
}
