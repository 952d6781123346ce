import type { IncomingMessage } from 'node:http';
import type { AllowedOrigins } from '../cors.ts';
import type { RateCheck } from '../rate-limit.ts';
import type { UpgradeRefusal } from './upgrade.ts';

/** The rules that decide whether a client may open a WebSocket. */
export interface HandshakeOptions {
  /** The only path at which WebSockets can be opened. */
  readonly endpoint: string;
  /** Origins whose pages may open a WebSocket, besides the origin of the gateway itself. */
  readonly allowedOrigins: AllowedOrigins;
  readonly rateLimit: RateCheck;
  /** The maximum number of open WebSockets of all clients together. */
  readonly maxConnections: number;
  /** The maximum number of open WebSockets of one client. */
  readonly maxConnectionsPerClient: number;
}

const TOO_MANY = '429 Too Many Requests';

/**
 * Returns the refusal if a client may not open a WebSocket, else `null`. `open` has one entry for each open WebSocket: the name of its
 * client, or `null` if the client has no name. The origin is checked because a browser lets any page connect to any server.
 */
export async function refusalOfHandshake(
  request: IncomingMessage,
  client: string | null,
  open: readonly (string | null)[],
  options: HandshakeOptions,
): Promise<UpgradeRefusal | null> {
  if (request.url?.split('?', 1)[0] !== options.endpoint) return { status: '404 Not Found' };
  if (!isAllowedOrigin(request, options.allowedOrigins)) return { status: '403 Forbidden' };
  if (open.length >= options.maxConnections) return { status: '503 Service Unavailable' };
  const ofClient = client === null ? 0 : open.filter((other) => other === client).length;
  if (ofClient >= options.maxConnectionsPerClient) return { status: TOO_MANY };
  const refusal = await options.rateLimit(client);
  return refusal === null ? null : { status: TOO_MANY, headers: refusal.headers ?? {} };
}

/**
 * Whether the page that sent the request may open a WebSocket. A request without an origin is allowed, because it comes from a program that
 * is not a browser.
 */
function isAllowedOrigin({ headers: { origin, host } }: IncomingMessage, allowed: AllowedOrigins): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
