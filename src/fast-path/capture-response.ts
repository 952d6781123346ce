import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** The status, headers and body of a response that was sent. */
export interface CapturedResponse {
  readonly status: number;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, number | string | readonly string[]>>;
  readonly body: Buffer;
}

/**
 * Copies a response while it is sent. After the response was sent, calls `onSent` with the copy. Both happen only while `isWanted` returns
 * true.
 */
export function captureResponse(
  response: ServerResponse,
  isWanted: () => boolean,
  onSent: (captured: CapturedResponse) => void,
): void {
  const parts: Buffer[] = [];
  let written: OutgoingHttpHeaders = {};
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  response.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    if (isWanted()) parts.push(Buffer.from(chunk as string));
    return write(chunk, ...rest);
  }) as typeof response.write;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((chunk?: unknown, ...rest: unknown[]) => {
    if (isWanted() && (typeof chunk === 'string' || chunk instanceof Uint8Array))
      parts.push(Buffer.from(chunk as string));
    return end(chunk, ...rest);
  }) as typeof response.end;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    const last = args.at(-1);
    if (typeof last === 'object' && last !== null) written = last as OutgoingHttpHeaders;
    return writeHead(...args);
  };
  response.once('finish', () => {
    if (!isWanted()) return;
    const all = Object.entries({ ...response.getHeaders(), ...written });
    const headers = all.flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]]));
    onSent({ status: response.statusCode, headers: Object.fromEntries(headers), body: Buffer.concat(parts) });
  });
}
