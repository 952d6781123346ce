import autocannon from 'autocannon';
import { quantile } from './quantile.ts';
import type { GraphQLRequest } from './request.ts';
import type { ServerProcess } from './server-process.ts';

/**
 * The parameters of a load, which consists of requests over connections that are kept open. Each connection sends its next request as soon
 * as its previous request has been answered.
 */
export interface Load {
  readonly server: Pick<ServerProcess, 'url' | 'cpuMs'>;
  /** Creates a request. `load` passes a different `number` for each request. */
  readonly toRequest: (number: number) => GraphQLRequest;
  /** Whether all requests are the same. If they are, the request is created only once. */
  readonly isSame: boolean;
  readonly durationMs: number;
  /** The status that every answer must have. */
  readonly status: number;
  /** The length that every answer must have, including the headers, in bytes; `undefined` if any length is allowed. */
  readonly length: number | undefined;
  /** The number of connections. Default: 50. */
  readonly connections?: number;
}

/** The results of one round. */
export interface Round {
  /** Answers per second. */
  readonly rate: number;
  /** The median of the times from sending a request to the last byte of its answer, in milliseconds. */
  readonly p50: number;
  /** The 99th percentile of the times from sending a request to the last byte of its answer, in milliseconds. */
  readonly p99: number;
  /** The CPU time of the server per answer, in milliseconds. */
  readonly cpuMs: number;
  /** The length of the last answer, including the headers, in bytes. */
  readonly length: number;
}

const CONNECTIONS = 50;

/**
 * The maximum time until a server has answered over every connection, in seconds. It is long because Node accepts only one connection in
 * each iteration of its event loop.
 */
const CONNECTING_SECONDS = 60;

/**
 * The pause before a measurement begins, in milliseconds. The pause starts when every connection has received an answer. First requests
 * over new connections delay each other: with 50 connections, the gateway needed a quarter of a second to reach its normal speed.
 */
const SETTLE_MS = 300;

/** The interval at which autocannon checks whether to stop, in milliseconds. */
const LOOK_MS = 50;

/**
 * The number of requests that have been created so far, in all loads. `toRequest` receives this count as `number`, so it can make every
 * request different.
 */
let sent = 0;

/** Sends requests and measures the answers. @throws when a request fails, or when an answer does not have the expected status or length. */
export async function load({
  server,
  toRequest,
  isSame,
  durationMs,
  status,
  length,
  connections = CONNECTIONS,
}: Load): Promise<Round> {
  const setupRequest = (defaults: autocannon.Request): autocannon.Request => {
    sent += 1;
    return { ...defaults, ...toRequest(sent) };
  };
  const options = {
    url: server.url,
    connections,
    duration: CONNECTING_SECONDS,
    sampleInt: LOOK_MS,
    timeout: CONNECTING_SECONDS,
    requests: [isSame ? { ...toRequest(0) } : { setupRequest }],
  };
  const wrong = new Map<string, number>();
  const note = (what: string) => wrong.set(what, (wrong.get(what) ?? 0) + 1);
  const connected = new Set<autocannon.Client>();
  const tookMs: number[] = [];
  let [firstAt, lastAt, cpuMs, lastLength] = [0, 0, 0, 0];
  let isCounting = false;
  let settling: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    const instance = autocannon(options, (error) => (error === null ? resolve() : reject(error)))
      .on('response', (client, answered, bytes, ms) => {
        if (answered !== status || (length !== undefined && bytes !== length)) note(`${answered}, ${bytes} bytes`);
        lastLength = bytes;
        lastAt = performance.now();
        if (isCounting) tookMs.push(ms);
        else if (connected.size < connections && connected.add(client).size === connections) {
          settling = setTimeout(() => {
            [isCounting, firstAt, cpuMs] = [true, performance.now(), server.cpuMs()];
            setTimeout(() => instance.stop(), durationMs);
          }, SETTLE_MS);
        }
      })
      .on('reqError', (error) => note(String(error)));
  }).finally(() => clearTimeout(settling));
  cpuMs = server.cpuMs() - cpuMs;
  if (wrong.size > 0 || tookMs.length === 0) {
    const found = JSON.stringify(Object.fromEntries(wrong));
    throw new Error(`expected ${status}, ${length ?? 'any'} bytes, of all ${tookMs.length} answers; others: ${found}`);
  }
  return {
    rate: (tookMs.length / (lastAt - firstAt)) * 1000,
    p50: quantile(tookMs, 0.5),
    p99: quantile(tookMs, 0.99),
    cpuMs: cpuMs / tookMs.length,
    length: lastLength,
  };
}
