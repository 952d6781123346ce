import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Compression } from './compression.ts';
import { chooseEncoding, compress } from './encodings.ts';

type Chunk = string | Uint8Array;

/** Dependencies of `compressJson`. */
export interface CompressJsonOptions {
  readonly compression: Compression;
  /** Called after a response with a body was written. */
  readonly onWritten: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * Compresses the JSON that a handler will write to `response`, if the client accepts an encoding. Call this before the handler writes. The
 * body is compressed as a whole, because a stream would hold bytes that no limit counts while a client does not read. Responses of other
 * types, such as streamed ones, are sent as they are written.
 */
export function compressJson(
  request: IncomingMessage,
  response: ServerResponse,
  { compression, onWritten }: CompressJsonOptions,
): void {
  const acceptEncoding = request.headers['accept-encoding'];
  if (chooseEncoding(acceptEncoding) === null) return;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  /** The arguments of `writeHead` and the body, from the call of `writeHead` until the call of `end`. */
  let held: { readonly head: readonly unknown[]; readonly chunks: Chunk[] } | null = null;

  response.writeHead = (...args: unknown[]) => {
    const head = withoutHeaders(response, args);
    if (!isJson(response)) return writeHead(...head);
    held = { head, chunks: [] };
    return response;
  };
  response.write = ((chunk: Chunk, ...rest: unknown[]) => {
    if (held === null) return write(chunk, ...rest);
    held.chunks.push(chunk);
    return true;
  }) as typeof response.write;
  response.end = ((chunk?: unknown, ...rest: unknown[]) => {
    if (held === null) return end(chunk, ...rest);
    const { head, chunks } = held;
    held = null;
    const all = typeof chunk === 'string' || chunk instanceof Uint8Array ? [...chunks, chunk] : chunks;
    sendWhole(head, all.length === 1 && all[0] !== undefined ? all[0] : Buffer.concat(all.map(toBytes)));
    return response;
  }) as typeof response.end;

  function sendWhole(head: readonly unknown[], body: Chunk): void {
    const send = (content: Chunk) => {
      // The headers and a short body reach the socket in one piece.
      response.cork();
      writeHead(...head);
      if (content.length > 0) write(content);
      response.uncork();
      end();
      onWritten(request, response);
    };
    const length = Buffer.byteLength(body);
    const encoding = compression.encodingFor(acceptEncoding, length);
    if (encoding === null) {
      send(body);
      return;
    }
    const sendCompressed = (compressed: Buffer) => {
      response.removeHeader('transfer-encoding');
      response.setHeader('content-encoding', encoding);
      response.setHeader('content-length', compressed.length);
      send(compressed);
    };
    void compression.count(length, compress(body, encoding)).then(sendCompressed, () => send(body));
  }
}

/** Sets the headers that are among the arguments of `writeHead`, and returns the other arguments. */
function withoutHeaders(response: ServerResponse, args: readonly unknown[]): readonly unknown[] {
  const headers = args.at(-1);
  if (typeof headers !== 'object' || headers === null) return args;
  for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders)) {
    if (value !== undefined) response.setHeader(name, value);
  }
  return args.slice(0, -1);
}

const toBytes = (chunk: Chunk): Uint8Array => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk);

const isJson = (response: ServerResponse): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/.test(String(response.getHeader('content-type')));
