import type { IncomingMessage } from 'node:http';

/**
 * Reads the body of a request and calls `onBody` with it, or calls `onTooLarge` as soon as more than `maxBytes` have arrived. Calls neither
 * of them if the client disconnects first.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  onBody: (body: Buffer) => void,
  onTooLarge: () => void,
): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= maxBytes) {
      parts.push(part);
      return;
    }
    request.removeAllListeners('data').removeAllListeners('end');
    onTooLarge();
  });
  request.on('end', () => {
    const [first] = parts;
    onBody(first !== undefined && parts.length === 1 ? first : Buffer.concat(parts));
  });
}
