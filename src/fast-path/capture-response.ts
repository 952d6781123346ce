import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** The status, headers and body of a response. */
export interface CapturedResponse {
  readonly status: number;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, number | string | readonly string[]>>;
  readonly body: Buffer;
}

const EMPTY = Buffer.alloc(0);

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
  /** Copies a chunk, and returns its bytes. The response sends these bytes, so that Node does not convert a long text a second time. */
  const keep = (chunk: string | Uint8Array): Buffer => {
    const part = Buffer.from(chunk as string);
    parts.push(part);
    return part;
  };
  let written: OutgoingHttpHeaders = {};
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  response.write = ((chunk: string | Uint8Array, ...rest: unknown[]) =>
    write(isWanted() ? keep(chunk) : chunk, ...rest)) as typeof response.write;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((chunk?: unknown, ...rest: unknown[]) => {
    let last = chunk;
    if (isWanted()) {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) last = keep(chunk);
      const all = Object.entries({ ...response.getHeaders(), ...written });
      const headers = all.flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]]));
      const [first = EMPTY, ...others] = parts.splice(0);
      const body = others.length === 0 ? first : Buffer.concat([first, ...others]);
      onEnd({ status: response.statusCode, headers: Object.fromEntries(headers), body });
    }
    return end(last, ...rest);
  }) as typeof response.end;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    const last = args.at(-1);
    if (typeof last === 'object' && last !== null) written = last as OutgoingHttpHeaders;
    return writeHead(...args);
  };
}
