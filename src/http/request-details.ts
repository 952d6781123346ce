import type { IncomingMessage } from 'node:http';

/** What the log contains about the operation of a request and its response. Every text is short. */
export interface RequestDetails {
  /** The name of the operation in its document. `undefined` if it has no name, or if the request was refused before it was parsed. */
  readonly operationName?: string | undefined;
  /** The SHA-256 of the operation, in hexadecimal digits. `undefined` if the client did not name the operation by its hash. */
  readonly operationHash?: string | undefined;
  /** The distinct codes of the errors in the response. `undefined` if the response has no errors. */
  readonly errorCodes?: readonly string[] | undefined;
}

const NONE: RequestDetails = {};

/**
 * The property of a request that contains its details. Nearly every request has details. A WeakMap with that many short-lived entries would
 * make garbage collection slower.
 */
const DETAILS = Symbol('details');

declare module 'node:http' {
  interface IncomingMessage {
    [DETAILS]?: RequestDetails;
  }
}

/** Returns the details that are known about a request. */
export const requestDetailsOf = (request: IncomingMessage): RequestDetails => request[DETAILS] ?? NONE;

/** Sets the details of a request. The object is stored without a copy, so that several requests can share one object. */
export function setRequestDetails(request: IncomingMessage, details: RequestDetails): void {
  request[DETAILS] = details;
}

/**
 * Adds an error code to the details of a request, unless they contain it already. The list stays short, because the gateway has only a few
 * codes.
 */
export function addErrorCode(request: IncomingMessage, code: string): void {
  const details = requestDetailsOf(request);
  const { errorCodes = [] } = details;
  if (errorCodes.includes(code)) return;
  request[DETAILS] = { ...details, errorCodes: [...errorCodes, code] };
}
