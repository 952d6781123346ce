import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { record, writeRecording } from '../src/upstream/recorded/record.ts';
import { type Recording, readRecording } from '../src/upstream/recorded/recording.ts';
import { createRecordedServer } from '../src/upstream/recorded/server.ts';
import { parseAnswer } from '../src/upstream/runpod-graphql/answer.ts';
import type { Operation } from '../src/upstream/runpod-graphql/client.ts';
import { readRecording20251114 } from './support/recording-2025-11-14.ts';

const ASKED = { askedAt: 0, observedAt: '2025-11-14T00:00:00.000Z' };
const PRICE = { stockStatus: 'Low', uninterruptablePrice: 0.1, minimumBidPrice: 0.05, availableGpuCounts: [1, 2, 3] };
const NOTHING = { stockStatus: null, uninterruptablePrice: null, minimumBidPrice: null, availableGpuCounts: null };

/** A recording of two GPU types and two data centers. Only one cell has stock: GPU type A in data center X. */
const SMALL: Recording = {
  recordedAt: '2025-11-14T00:00:00.000Z',
  gpuTypes: [{ id: 'A' }, { id: 'B' }],
  dataCenters: [{ id: 'X' }, { id: 'Y' }],
  lowestPrices: [{ gpuTypeId: 'A', dataCenterId: 'X', lowestPrice: PRICE }],
};

/** Sends an operation to a server that answers from a recording. Resolves to the response body. */
async function ask(
  server: ReturnType<typeof createRecordedServer>,
  { query, variables }: Omit<Operation, 'operationName'>,
) {
  const response = await server.fetch('http://recording.invalid/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.text();
}

/** Records the answers of a server. `change` can replace an answer before the recorder reads it. */
function recordAnswers(
  recording: Recording,
  change: (answer: Record<string, unknown>, operation: Operation) => unknown = (answer) => answer,
) {
  const server = createRecordedServer(recording);
  const progress: string[] = [];
  const recorded = record({
    async send({ operation, read }, { clients, awaited }) {
      expect([clients, awaited]).toEqual([[expect.anything()], true]);
      const answer = change(JSON.parse(await ask(server, operation)), operation);
      return read(parseAnswer(operation.operationName, JSON.stringify(answer)), ASKED).value;
    },
    onProgress: (done, total) => progress.push(`${done} of ${total}`),
  });
  return { recorded, progress };
}

describe('a recording of RunPod', () => {
  it('contains all that RunPod answered, whether it is kept in memory or in files', async () => {
    const original = readRecording20251114();
    const startedAt = Date.now();
    const { recorded, progress } = recordAnswers(original);
    const copy = await recorded;
    expect({ ...copy, recordedAt: original.recordedAt }).toEqual(original);
    expect(Date.parse(copy.recordedAt)).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(copy.recordedAt)).toBeGreaterThanOrEqual(startedAt);
    expect([progress.length, progress[0], progress.at(-1)]).toEqual([41, '1 of 41', '41 of 41']);
    const parent = mkdtempSync(join(tmpdir(), 'recording-'));
    onTestFinished(() => rmSync(parent, { recursive: true }));
    const folder = new URL(`${pathToFileURL(join(parent, 'new', 'day')).href}/`);
    writeRecording(folder, copy);
    expect(readRecording(folder)).toEqual(copy);
    for (const file of ['gpu-types.json', 'data-centers.json', 'lowest-prices.json']) {
      const text = readFileSync(new URL(file, folder), 'utf8');
      expect(text.split('\n').length, `${file} has one line for each row`).toBeGreaterThan(30);
    }
  });

  it('leaves out rows that are null, and cells without any value', async () => {
    const { recorded } = recordAnswers(SMALL, (answer, { operationName, variables }) => {
      if (operationName === 'GpuTypes') return { data: { gpuTypes: [null, { id: 'A' }, { id: 'B' }] } };
      if (operationName === 'DataCenters') return { data: { dataCenters: [{ id: 'X' }, null, { id: 'Y' }] } };
      return variables?.['gpuTypeId'] === 'B'
        ? { data: { gpuTypes: [{ id: 'B', dc_0: null, dc_1: NOTHING }] } }
        : answer;
    });
    expect(await recorded).toMatchObject({
      gpuTypes: [{ id: 'A' }, { id: 'B' }],
      dataCenters: [{ id: 'X' }, { id: 'Y' }],
      lowestPrices: SMALL.lowestPrices,
    });
    expect((await recorded).lowestPrices).toHaveLength(1);
  });

  it.each<[string, string, unknown, string]>([
    [
      'has no GPU types',
      'GpuTypes',
      { data: { gpuTypes: [{ id: 'unknown' }] } },
      'GpuTypes as expected: an empty list',
    ],
    ['has no data centers', 'DataCenters', { data: { dataCenters: [] } }, 'DataCenters as expected: an empty list'],
    ['has a list of another form', 'DataCenters', { data: {} }, 'DataCenters as expected: not a list'],
    [
      'reports an error about a single attribute',
      'GpuTypes',
      { data: { gpuTypes: [{ id: 'A' }] }, errors: [{ message: 'no', path: ['gpuTypes', 0, 'displayName'] }] },
      'GpuTypes as expected: GraphQL errors',
    ],
    [
      'answers about another GPU type',
      'LowestPrices',
      { data: { gpuTypes: [{ id: 'C', dc_0: null, dc_1: null }] } },
      'LowestPrices as expected: the answer is not about the requested GPU type alone',
    ],
    [
      'answers about no GPU type',
      'LowestPrices',
      { data: { gpuTypes: [] } },
      'LowestPrices as expected: the answer is not about the requested GPU type alone',
    ],
    [
      'leaves a data center out of its answer',
      'LowestPrices',
      { data: { gpuTypes: [{ id: 'A', dc_0: null }] } },
      'LowestPrices as expected: no valid price in Y',
    ],
  ])('is not made if RunPod %s', async (_what, name, body, reason) => {
    const { recorded } = recordAnswers(SMALL, (answer, { operationName }) => (operationName === name ? body : answer));
    await expect(recorded).rejects.toThrow(`RunPod did not answer ${reason}`);
  });
});

describe('a server that answers from a recording', () => {
  const server = createRecordedServer(SMALL);
  const query = async (text: string) => {
    const { data, errors } = JSON.parse(await ask(server, { query: text }));
    return errors === undefined ? data : errors[0].message;
  };
  const priceOf = (id: string, input: string) =>
    query(`{ gpuTypes(input: { id: "${id}" }) { lowestPrice(input: { ${input} }) {
      stockStatus uninterruptablePrice minimumBidPrice availableGpuCounts } } }`);
  const cell = (lowestPrice: unknown) => ({ gpuTypes: [{ lowestPrice }] });

  it.each([
    ['', ['A', 'B']],
    ['(input: { id: "B" })', ['B']],
    ['(input: { ids: ["B", "C"] })', ['B']],
    ['(input: { id: "A", ids: ["B"] })', []],
    ['(input: { id: "C" })', []],
    ['(input: {})', ['A', 'B']],
  ])('returns the GPU types that are requested with %j', async (input, expected) => {
    expect(await query(`{ gpuTypes${input} { id } }`)).toEqual({ gpuTypes: expected.map((id) => ({ id })) });
  });

  it('returns all data centers', async () => {
    expect(await query('{ dataCenters { id } }')).toEqual({ dataCenters: [{ id: 'X' }, { id: 'Y' }] });
  });

  it('returns the recorded price of a cell, and only nulls for a cell that is not in the recording', async () => {
    const input = 'gpuCount: 1, dataCenterId: "X", secureCloud: true';
    expect(await priceOf('A', input)).toEqual(cell(PRICE));
    expect(await priceOf('B', input)).toEqual(cell(NOTHING));
    expect(await priceOf('A', 'gpuCount: 1, dataCenterId: "Y", secureCloud: true')).toEqual(cell(NOTHING));
  });

  it('derives the price of a larger pod, without rounding errors, if such a pod can be rented', async () => {
    expect(await priceOf('A', 'gpuCount: 3, dataCenterId: "X", secureCloud: true')).toEqual(
      cell({ ...PRICE, stockStatus: 'Available', uninterruptablePrice: 0.3, minimumBidPrice: 0.15 }),
    );
    expect(await priceOf('A', 'gpuCount: 4, dataCenterId: "X", secureCloud: true')).toEqual(
      cell({ ...NOTHING, availableGpuCounts: [1, 2, 3] }),
    );
    expect(await priceOf('B', 'gpuCount: 2, dataCenterId: "X", secureCloud: true')).toEqual(cell(NOTHING));
  });

  it.each([
    'gpuCount: 1, dataCenterId: "X", secureCloud: false',
    'gpuCount: 1, dataCenterId: "X"',
    'gpuCount: 1, secureCloud: true',
    'gpuCount: 1, dataCenterId: "", secureCloud: true',
  ])('rejects a request for prices that were not recorded: %s', async (input) => {
    expect(await priceOf('A', input)).toBe(
      'The recording covers secure cloud only, by data center: pass secureCloud: true and a dataCenterId',
    );
  });
});
