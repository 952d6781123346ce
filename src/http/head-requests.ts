import type { IncomingMessage } from 'node:http';

const headRequests = new WeakSet<IncomingMessage>();

/** Lets a HEAD request be handled as a GET request. Node sends its response without a body. */
export function handleHeadAsGet(request: IncomingMessage): void {
  if (request.method !== 'HEAD') return;
  headRequests.add(request);
  request.method = 'GET';
}

/** Whether a request was sent with the method HEAD. */
export const isHead = (request: IncomingMessage): boolean => headRequests.has(request);
