import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Compression } from './compression.ts';
import { compress, type Encoding, encodingFor } from './encodings.ts';

type Chunk = string | Uint8Array;

/**
 * Compresses the JSON that a handler will write to `response`, if the client accepts an encoding. Call this before the handler writes. The
 * body is held until it is complete, and compressed as a whole. A compression stream would buffer bytes for a client that does not read,
 * and no limit would count them. Responses of other types, such as event streams, are sent as they are written.
 * The handler must write text as UTF-8. While the body is held, callbacks that the handler passes to `write` and `end` are not called.
 */
export function compressJson(request: IncomingMessage, response: ServerResponse, compression: Compression): void {
  const acceptEncoding = request.headers['accept-encoding'];
  if (acceptEncoding === undefined) return;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  let state: 'open' | 'holding' | 'sending' = 'open';
  let head: readonly unknown[] = [];
  const chunks: Chunk[] = [];

  /** Sends the head. If the body is uncompressed JSON, holds the head back until the body is complete. */
  response.writeHead = (...args: unknown[]) => {
    if (state !== 'open') return response;
    const rest = setHeaders(response, args);
    if (!isPlainJson(response)) return writeHead(...rest);
    state = 'holding';
    head = rest;
    response.statusCode = Number(rest[0]);
    return response;
  };
  /** Calls `writeHead` if the handler has not called it, as Node does. */
  const begin = () => {
    if (state === 'open' && !response.headersSent) response.writeHead(response.statusCode);
  };
  response.write = ((chunk: Chunk, ...rest: unknown[]) => {
    begin();
    if (state === 'open') return write(chunk, ...rest);
    if (state === 'holding') chunks.push(chunk);
    return true;
  }) as typeof response.write;
  response.end = ((chunk?: unknown, ...rest: unknown[]) => {
    begin();
    if (state === 'open') return end(chunk, ...rest);
    if (state === 'sending') return response;
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(chunk);
    state = 'sending';
    const send = (body: Chunk) => {
      if (response.destroyed) return;
      // While the response is corked, Node collects the headers and the body, so that it can send them to the socket in one write.
      response.cork();
      writeHead(...head);
      if (body.length > 0) write(body);
      response.uncork();
      end();
    };
    const body = join(chunks.splice(0));
    const length = Buffer.byteLength(body);
    const encoding = encodingFor(acceptEncoding, length);
    if (encoding === null || !compression.hasRoomFor(length)) send(body);
    else void compression.track(length, compressed(response, body, encoding)).then(send);
    return response;
  }) as typeof response.end;
}

/** Sets the headers that are among the arguments of `writeHead`. Returns the other arguments. */
function setHeaders(response: ServerResponse, args: readonly unknown[]): readonly unknown[] {
  const headers = args.at(-1);
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return args;
  for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders)) {
    if (value !== undefined) response.setHeader(name, value);
  }
  return args.slice(0, -1);
}

/** Whether a response consists of one JSON value that is not compressed yet. */
const isPlainJson = (response: ServerResponse): boolean =>
  /^application\/(?:[\w.-]+\+)?json(?:;|$)/.test(String(response.getHeader('content-type'))) &&
  !response.hasHeader('content-encoding');

function join(chunks: readonly Chunk[]): Chunk {
  const [first = '', ...others] = chunks;
  if (others.length === 0) return first;
  return Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)));
}

/** Returns the compressed body and describes it in the headers. Returns `body` if compression fails. */
async function compressed(response: ServerResponse, body: Chunk, encoding: Encoding): Promise<Chunk> {
  try {
    const result = await compress(body, encoding);
    response.removeHeader('transfer-encoding');
    response.setHeader('content-encoding', encoding);
    response.setHeader('content-length', result.length);
    return result;
  } catch {
    return body;
  }
}
