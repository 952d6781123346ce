/**
 * Returns how long a response asks to wait before the next request, in milliseconds. The gateway sends a number of seconds. Returns 0 for a
 * response without Retry-After, or with a date, which only other servers send.
 */
export const retryAfterOf = ({ headers }: Pick<Response, 'headers'>): number =>
  Number(headers.get('retry-after')) * 1000 || 0;
