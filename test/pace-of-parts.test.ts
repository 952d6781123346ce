import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createGateway } from './support/gateway.ts';

const MATRIX = 'filter: { includeUnavailable: true }';
const ROUNDS = 4;

/** Returns the longest turn of the event loop until `work` settles, in milliseconds of CPU time. */
async function longestTurn(work: Promise<unknown>): Promise<number> {
  const settled = new AbortController();
  void work.finally(() => settled.abort());
  let longest = 0;
  while (!settled.signal.aborted) {
    const before = process.cpuUsage();
    // oxlint-disable-next-line no-await-in-loop -- Turns come one after the other.
    await nextTurn();
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
  }
  return longest;
}

const repeat = (times: number, write: (index: number) => string): string =>
  Array.from({ length: times }, (_none, index) => write(index)).join(' ');

it.each([
  [
    'nested fragments in each row',
    `{ ${repeat(
      9,
      (index) => `a${index}: gpuAvailability(${MATRIX}) { nodes {
      ... @defer { gpuType { ... @defer { id } } dataCenter { ... @defer { id } } } } }`,
    )} }`,
    30_000,
  ],
  [
    'a fragment in each row, beside a field that is selected hundreds of times',
    `{ ${repeat(4, (index) => `a${index}: gpuAvailability(${MATRIX}) { nodes { ...Row } }`)} }
      fragment Row on GpuAvailability { ${'stock '.repeat(300)} ... @defer { id } }`,
    6000,
  ],
])(
  '%s, in the format with ids: other requests get turns of the event loop',
  { timeout: 60_000 },
  async (_what, query, parts) => {
    const { handler } = createGateway();
    async function read(): Promise<string> {
      const response = await handler.fetch('http://gateway.invalid/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'multipart/mixed;incrementalSpec=v0.2' },
        body: JSON.stringify({ query }),
      });
      return response.text();
    }
    const longest: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const reading = read();
      // oxlint-disable-next-line no-await-in-loop -- Rounds at the same time would disturb each other.
      longest.push(await longestTurn(reading));
      // oxlint-disable-next-line no-await-in-loop -- Rounds at the same time would disturb each other.
      expect((await reading).split('"id":"').length).toBeGreaterThan(parts);
    }
    expect(Math.min(...longest)).toBeLessThan(150);
  },
);
