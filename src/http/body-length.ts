import type { IncomingMessage } from 'node:http';

/** Whether the headers announce a body. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || lengthOf(headers['content-length']) > 0;

/** Whether the headers announce a body longer than `maxBytes`. A body without an announced length is measured as it is read. */
export const isTooLong = ({ headers }: IncomingMessage, maxBytes: number): boolean =>
  lengthOf(headers['content-length']) > maxBytes;

const lengthOf = (header: string | undefined): number => (header === undefined ? 0 : Number(header));

const tooLong = new WeakSet<IncomingMessage>();

/** Marks a request whose body is too long, so that `useBodyLimit` refuses it. */
export const markTooLong = (request: IncomingMessage): void => void tooLong.add(request);

/** Whether `markTooLong` has marked the request. */
export const isMarkedTooLong = (request: IncomingMessage): boolean => tooLong.has(request);
