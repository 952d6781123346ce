import type { IncomingMessage } from 'node:http';

/**
 * Reads the body of a request as text, and then calls `onBody`; or `onTooLarge` as soon as it turns out to be longer than
 * `maxBytes`. Neither is called when the client leaves first.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  onBody: (body: string) => void,
  onTooLarge: () => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    onTooLarge();
    return;
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= maxBytes) {
      parts.push(part);
      return;
    }
    request.removeAllListeners('data').removeAllListeners('end').resume();
    onTooLarge();
  });
  request.on('end', () => onBody(parts.length === 1 ? String(parts[0]) : Buffer.concat(parts).toString()));
}
