import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createGateway } from './support/gateway.ts';

const MATRIX = 'filter: { includeUnavailable: true }';

/** The maximum number of rounds. One good round is enough, because garbage collection and compilation lengthen single turns. */
const ROUNDS = 12;

/**
 * The maximum share of an operation's CPU time that one turn of the event loop may take. The share would be 0.21 or more if the gateway
 * translated a result into the format with ids in one turn.
 */
const MAX_SHARE = 0.18;

/** The CPU time of this process. Newer versions of Node can report it without the threads that collect garbage. */
const usage: Pick<NodeJS.Process, 'cpuUsage'> & { readonly threadCpuUsage?: typeof process.cpuUsage } = process;
const cpuUsage = (usage.threadCpuUsage ?? usage.cpuUsage).bind(process);

/**
 * Reads a response to its end before it joins the chunks, because joining takes a long turn of the event loop, which must not be measured.
 * Returns the number of matches of `pattern`, and the share of the CPU time that went to the longest turn. This share does not depend on
 * the speed of the machine.
 */
async function readInTurns(response: Promise<Response>, pattern: RegExp): Promise<{ matches: number; share: number }> {
  const settled = new AbortController();
  async function read(): Promise<Uint8Array[]> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await response).body ?? []) chunks.push(chunk);
    return chunks;
  }
  const reading = read().finally(() => settled.abort());
  let longest = 0;
  let total = 0;
  while (!settled.signal.aborted) {
    const before = cpuUsage();
    // oxlint-disable-next-line no-await-in-loop -- Turns come one after the other.
    await nextTurn();
    const { user, system } = cpuUsage(before);
    longest = Math.max(longest, user + system);
    total += user + system;
  }
  const text = Buffer.concat(await reading).toString();
  return { matches: text.match(pattern)?.length ?? 0, share: longest / total };
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
  { timeout: 120_000 },
  async (_what, query, parts) => {
    const { handler } = createGateway();
    const shares: number[] = [];
    while (shares.length < ROUNDS && !shares.some((share) => share < MAX_SHARE)) {
      const response = Promise.resolve(
        handler.fetch('http://gateway.invalid/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'multipart/mixed;incrementalSpec=v0.2' },
          body: JSON.stringify({ query }),
        }),
      );
      // oxlint-disable-next-line no-await-in-loop -- Rounds at the same time would disturb each other.
      const { matches, share } = await readInTurns(response, /"id":"/g);
      expect(matches).toBeGreaterThan(parts);
      shares.push(share);
    }
    expect(Math.min(...shares)).toBeLessThan(MAX_SHARE);
  },
);
