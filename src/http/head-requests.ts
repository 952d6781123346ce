import type { IncomingMessage } from 'node:http';

const headRequests = new WeakSet<IncomingMessage>();

/** Turns a HEAD request into a GET request. Node nevertheless sends the response without a body. */
export function handleHeadAsGet(request: IncomingMessage): void {
  if (request.method !== 'HEAD') return;
  headRequests.add(request);
  request.method = 'GET';
}

/** Whether a request was a HEAD request before `handleHeadAsGet` turned it into a GET request. */
export const isHead = (request: IncomingMessage): boolean => headRequests.has(request);
