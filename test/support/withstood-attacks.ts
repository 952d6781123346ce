import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import {
  type Attacked,
  bestWait,
  closeConnections,
  dial,
  endAttacks,
  readResponse,
  requestOf,
  startAttacked,
} from './attacked-gateway.ts';

/** Whether the operating system lets a test reset the peak of a process's memory use. */
export const isLinux = existsSync('/proc/self/clear_refs');

/**
 * Returns how long this machine needs to create the bytes of a response of 20 MB in one go, in milliseconds (the median of five tries).
 */
function longestResponseMs(): number {
  const row = { gpuType: { id: 'NVIDIA L4', memoryGb: 24 }, dataCenter: { id: 'EU-RO-1' }, stock: 'LOW', stale: false };
  const rows = Array.from({ length: 180_000 }, () => row);
  const tries = Array.from({ length: 5 }, () => {
    const startedAt = performance.now();
    Buffer.from(JSON.stringify(rows));
    return performance.now() - startedAt;
  });
  return tries.toSorted((a, b) => a - b)[2] ?? 0;
}

/**
 * The maximum time by which an attack may lengthen the wait of another client, in the best of several rounds, in milliseconds. It is 250
 * ms, or twice the time that this machine needs to create a response of 20 MB if that is longer.
 */
export const MAX_WAIT_MS = Math.max(250, 2 * longestResponseMs());

/** The limit on the memory of the gateway's process, in MB. An idle gateway uses 150 MB. */
export const MAX_MEGABYTES = 450;

/** Makes `count` values. */
export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_none, index) => make(index));

/** Sends one request on a new connection. Returns the status and the length of the response. */
async function sendOnce({ url }: Attacked, body: string, headers: readonly string[]) {
  const socket = await dial(url);
  const accept = headers.some((line) => line.startsWith('accept:')) ? [] : ['accept: application/json'];
  socket.write(requestOf(url, body, [...accept, ...headers]));
  const answer = await readResponse(socket);
  socket.destroy();
  return answer;
}

/**
 * Sends a request, and repeats it for as long as the gateway refuses it with 503. On a slow machine, the gateway refuses requests because
 * its event loop lags.
 */
export async function send(to: Attacked, body: string, headers: readonly string[] = []) {
  for (;;) {
    const answer = await sendOnce(to, body, headers);
    if (answer.status !== 503) return answer;
    await wait(200);
  }
}

/**
 * Repeats an attack. Expects that another client waits for less than `MAX_WAIT_MS` during at least one attack, that the peak of memory use
 * is below the limit, and that the gateway still runs.
 */
export async function withstand(
  gateway: Attacked,
  attack: () => Promise<unknown>,
  headersOf?: () => Record<string, string>,
): Promise<void> {
  gateway.resetPeak();
  const options = { rounds: 12, enoughMs: MAX_WAIT_MS, ...(headersOf && { headersOf }) };
  expect(await bestWait(gateway, attack, options)).toBeLessThan(MAX_WAIT_MS);
  expect(gateway.lives()).toBe(true);
  expect(gateway.peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
}

/** Starts one gateway for all tests of the surrounding `describe`. Returns a function that returns the gateway once it runs. */
export function useGateway(env: Readonly<Record<string, string>> = {}): () => Attacked {
  let gateway: Attacked;
  beforeAll(async () => {
    gateway = await startAttacked(env);
  });
  afterEach(closeConnections);
  afterAll(endAttacks);
  return () => gateway;
}
