import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Whether a request asks to open a WebSocket (RFC 6455, section 4.1). */
export const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.trim().toLowerCase() === 'websocket';

/** The request headers that `answerWithoutUpgrade` removes. They ask for another protocol, or for a connection that stays open. */
const OMITTED = new Set(['upgrade', 'http2-settings', 'connection']);

/**
 * Answers a request over HTTP although the client asks to switch to another protocol. A server may ignore this wish (RFC 9110, section
 * 7.8). Such requests are common, because a client that prefers HTTP/2 asks for HTTP/2 with every request. Node has detached the connection
 * from the server, so this function attaches it again for this one request.
 */
export function answerWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`, 'connection: close'];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    if (!OMITTED.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  socket.unshift(head);
  socket.unshift(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  server.emit('connection', socket);
}

/** The response that refuses a request for a WebSocket. */
export interface UpgradeRefusal {
  /** The status code and the reason phrase, for example '403 Forbidden'. */
  readonly status: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a response that refuses a WebSocket, and closes the connection. */
export function refuseUpgrade(socket: Duplex, { status, headers = {} }: UpgradeRefusal): void {
  socket.once('finish', () => socket.destroy());
  const all = Object.entries({ connection: 'close', 'content-length': '0', 'cache-control': 'no-store', ...headers });
  const lines = all.map(([name, value]) => `${name}: ${value}`);
  socket.end(`${[`HTTP/1.1 ${status}`, ...lines].join('\r\n')}\r\n\r\n`);
}
