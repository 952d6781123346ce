import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { peakMegabytes } from './memory.ts';
import { killAll, program, start } from './start.ts';

/** The query that another client, which is not the attacker, sends during an attack. It requests five rows. */
const SMALL = '{ gpuAvailability(first: 5) { nodes { gpuType { displayName } dataCenter { id } stock } } }';

/** Starts the built gateway as a process whose heap is limited to 512 MB. */
export async function startAttacked(env: Readonly<Record<string, string>> = {}) {
  const [node = '', ...args] = program('main');
  const command = [node, '--max-old-space-size=512', '--max-semi-space-size=16', ...args];
  const running = start({ NODE_ENV: 'production', LOG_LEVEL: 'silent', ...env }, command);
  const url = await running.ready;
  const { gateway } = running;
  return {
    url,
    post: (query: string, accept = 'application/json', address = '198.51.100.1') =>
      requestOf(url, JSON.stringify({ query }), [`accept: ${accept}`, `x-forwarded-for: ${address}`]),
    peakMegabytes: () => peakMegabytes(gateway.pid),
    /** Resets the peak of memory use that `peakMegabytes` reports. */
    resetPeak: () => writeFileSync(`/proc/${gateway.pid}/clear_refs`, '5'),
    lives: () => gateway.exitCode === null && gateway.signalCode === null,
    signal: (signal: NodeJS.Signals) => gateway.kill(signal),
    stop: () => {
      gateway.kill('SIGTERM');
      return running.exit;
    },
    async metric(line: string): Promise<number> {
      const metrics = await (await fetch(new URL('/metrics', url))).text();
      return Number(new RegExp(`^${line} (\\S+)$`, 'm').exec(metrics)?.[1]);
    },
  };
}

/** A gateway that a test attacks. */
export type Attacked = Awaited<ReturnType<typeof startAttacked>>;

/** Returns the text of an HTTP POST request with the body `body`. */
export function requestOf(url: string, body: string, headers: readonly string[], path = '/graphql'): string {
  const length = `content-length: ${Buffer.byteLength(body)}`;
  const type = headers.some((line) => line.startsWith('content-type:')) ? [] : ['content-type: application/json'];
  const lines = [`host: ${new URL(url).host}`, ...type, length, ...headers];
  return [`POST ${path} HTTP/1.1`, ...lines, '', body].join('\r\n');
}

const opened: (Socket | WebSocket)[] = [];

/** Closes all connections that tests have opened, and ends all gateways. */
export function endAttacks(): void {
  closeConnections();
  killAll();
}

/** Closes all connections that tests have opened. */
export function closeConnections(): void {
  for (const socket of opened.splice(0)) {
    if (socket instanceof WebSocket) socket.terminate();
    else socket.destroy();
  }
}

/** Opens a paused connection: the client reads nothing until `resume` is called on it. */
export async function dial(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
  opened.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Opens a WebSocket that is ready for operations. */
export async function dialWebSocket(url: string, headers: Readonly<Record<string, string>> = {}): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
  opened.push(socket);
  socket.on('error', () => {});
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  return socket;
}

/**
 * Sends a small query again and again until `during` settles, with a pause of 5 ms after each answer. The sender is not the attacker.
 * Returns the longest wait for an answer, in milliseconds.
 */
async function longestWait(url: string, headersOf: () => Record<string, string>, during: Promise<unknown>) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const address = `${url}?query=${encodeURIComponent(SMALL)}`;
  const attack = new AbortController();
  const over = during.finally(() => attack.abort());
  let longest = 0;
  do {
    const askedAt = performance.now();
    const asking = get(address, { agent, headers: headersOf() });
    const [response] = (await once(asking, 'response')) as [Parameters<typeof text>[0] & { statusCode: number }];
    const answer = await text(response);
    if (response.statusCode !== 200) throw new Error(`another client was answered ${response.statusCode}: ${answer}`);
    longest = Math.max(longest, performance.now() - askedAt);
    await wait(5);
  } while (!attack.signal.aborted);
  await over;
  agent.destroy();
  return longest;
}

interface Rounds {
  readonly rounds?: number;
  readonly enoughMs?: number;
  /** Returns the headers for the next query of the client that does not attack. */
  readonly headersOf?: () => Record<string, string>;
}

const NO_HEADERS = () => ({});

/** How long a client's waits are measured before each attack, in milliseconds. */
const BEFORE_MS = 300;

/**
 * Repeats an attack, and measures by how many milliseconds it lengthens the longest wait of another client. Returns the lowest value of all
 * rounds: a busy machine can slow down some rounds, but only a fault of the gateway slows down all of them. Ends after `rounds` rounds, or
 * as soon as a value is below `enoughMs`.
 */
export async function bestWait(
  { url }: Attacked,
  attack: () => Promise<unknown>,
  { rounds = 6, enoughMs = 250, headersOf = NO_HEADERS }: Rounds = {},
): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds && best >= enoughMs; round += 1) {
    const before = await longestWait(url, headersOf, wait(BEFORE_MS));
    best = Math.min(best, (await longestWait(url, headersOf, attack())) - before);
  }
  return best;
}

/** Reads one HTTP response. Resolves to its status and the length of its body. */
export function readResponse(socket: Socket): Promise<{ status: number; bytes: number }> {
  let head = '';
  let tail = '';
  let bytes = Number.NaN;
  return new Promise((resolve) => {
    const finish = () => resolve({ status: Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1]), bytes });
    socket.once('close', finish);
    socket.on('data', (part: Buffer) => {
      if (Number.isNaN(bytes)) {
        head += part.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        bytes = head.length - end - 4;
        // Removes the beginning of the body from `head`. The parts of a multipart body have length headers too, which must not count as
        // headers of the response.
        head = head.slice(0, end);
      } else bytes += part.length;
      tail = (tail + part.subarray(-7).toString('latin1')).slice(-7);
      const isLastChunk = /transfer-encoding: chunked/i.test(head) && tail === '\r\n0\r\n\r\n';
      if (isLastChunk || bytes >= Number(/content-length: (\d+)/i.exec(head)?.[1])) finish();
    });
    socket.resume();
  });
}
