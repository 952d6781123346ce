import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** The status, headers and body of a response. */
export interface CapturedResponse {
  readonly status: number;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, number | string | readonly string[]>>;
  readonly body: Buffer;
}

/**
 * Copies a response while it is written, and calls `onEnd` with the copy when the response ends. Does this only while `isWanted` returns
 * true. `onEnd` does not wait until the client has read the response, because a slow client would keep the copy in memory until then.
 */
export function captureResponse(
  response: ServerResponse,
  isWanted: () => boolean,
  onEnd: (captured: CapturedResponse) => void,
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
    if (isWanted()) {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) parts.push(Buffer.from(chunk as string));
      const all = Object.entries({ ...response.getHeaders(), ...written });
      const headers = all.flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]]));
      const body = Buffer.concat(parts.splice(0));
      onEnd({ status: response.statusCode, headers: Object.fromEntries(headers), body });
    }
    return end(chunk, ...rest);
  }) as typeof response.end;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    const last = args.at(-1);
    if (typeof last === 'object' && last !== null) written = last as OutgoingHttpHeaders;
    return writeHead(...args);
  };
}
