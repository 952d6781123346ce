import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inStock, NOTHING } from './support/stock.ts';
import { type Change, openLive, overSse } from './support/subscribers.ts';
import { createFaults, type Weather } from './support/weather.ts';

const SEED = Number(process.env['SOAK_SEED'] ?? 20_251_114);
const GPU_TYPES = ['NVIDIA L4', 'NVIDIA L40', 'NVIDIA L40S', 'NVIDIA A40', 'NVIDIA RTX A5000'];
const MINUTES = 60;

const QUERY = `query ($gpuTypeIds: [ID!]) {
  gpuAvailability(filter: { gpuTypeIds: $gpuTypeIds, includeUnavailable: true }) {
    nodes { gpuType { id } dataCenter { id } stock onDemandPrice { perGpu } } coverage { complete } freshness { stale } } }`;

interface Seen {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string };
  readonly stock: string;
  readonly onDemandPrice: { readonly perGpu: number } | null;
}

const cellOf = ({ gpuType, dataCenter }: Seen) => `${gpuType.id} in ${dataCenter.id}`;
const stateOf = ({ stock, onDemandPrice }: Seen) => `${stock} at ${onDemandPrice?.perGpu ?? 'no price'}`;

/** What one minute brings: changes of stock, of which cells, and the weather. */
const anyMinute = (dataCenterIds: readonly string[]) =>
  fc.record({
    weather: fc.constantFrom<Weather[]>('clear', 'storm', 'storm', 'storm', 'night', {
      gpuTypes: new Set(['NVIDIA L4']),
    }),
    changes: fc.array(
      fc.record({
        gpuType: fc.constantFrom(...GPU_TYPES),
        dataCenter: fc.constantFrom(...dataCenterIds),
        word: fc.constantFrom(null, 'Low', 'Medium', 'High'),
      }),
      { maxLength: 20 },
    ),
  });

describe(`an hour before a RunPod that fails at random (SOAK_SEED=${SEED})`, () => {
  it('brings no event of a change that was none', { timeout: 180_000 }, async () => {
    await using gateway = await openLive({
      FRESH_SECONDS: '60',
      UPSTREAM_TIMEOUT_MS: '100',
      UPSTREAM_RETRIES: '0',
    });
    const { runPod, ask, metric } = gateway;
    const states = new Map<string, string[]>();
    const isIdle = async () =>
      (await metric('gpu_gateway_upstream_in_flight')) + (await metric('gpu_gateway_upstream_queue_length'));
    const lookAll = async () => (await ask(QUERY, { gpuTypeIds: GPU_TYPES })).data?.gpuAvailability;
    // On a busy machine an answer may take longer than the time-out, above all the first ones.
    const isWell = async () => {
      gateway.passSeconds(61);
      await lookAll();
      await expect.poll(isIdle, { timeout: 20_000 }).toBe(0);
      const seen = await lookAll();
      return seen?.coverage.complete && !seen.freshness.stale;
    };
    await expect.poll(isWell, { timeout: 60_000 }).toBe(true);
    for (const node of (await lookAll()).nodes) states.set(cellOf(node), [stateOf(node)]);
    const { changes } = overSse(gateway.url, { filter: { gpuTypeIds: GPU_TYPES, includeUnavailable: true } });
    await gateway.subscribed(1, GPU_TYPES[0]);

    let weather: Weather = 'clear';
    runPod.fail(createFaults(SEED, () => weather));
    const dataCenterIds: string[] = (await ask('{ dataCenters { id } }')).data.dataCenters.map(
      ({ id }: Seen['gpuType']) => id,
    );
    const minutes = fc.sample(anyMinute(dataCenterIds), { seed: SEED, numRuns: MINUTES });
    let price = 1;
    for (const minute of minutes) {
      weather = minute.weather;
      for (const { gpuType, dataCenter, word } of minute.changes) {
        price += 1;
        runPod.stock.set(gpuType, dataCenter, word === null ? NOTHING : inStock(word, price));
        const state = word === null ? 'NONE at no price' : `${word.toUpperCase()} at ${price}`;
        states.get(`${gpuType} in ${dataCenter}`)?.push(state);
      }
      gateway.passSeconds(60);
      await lookAll();
      await expect.poll(isIdle, { timeout: 20_000 }).toBe(0);
    }

    weather = 'clear';
    await expect.poll(isWell, { timeout: 60_000 }).toBe(true);
    const final = await lookAll();
    await expect.poll(() => endsOf(changes)).toMatchObject(endsOfMoved(final.nodes, states));
    expect(changes.flatMap((change, index) => falsehoodsOf(change, changes.slice(0, index), states))).toEqual([]);
    // An hour in which nothing happens shows nothing.
    expect(changes.length).toBeGreaterThan(100);
  });
});

/** What each cell was left as by the last event about it. */
const endsOf = (changes: readonly Change[]) =>
  Object.fromEntries(changes.map(({ after }) => [cellOf(after), stateOf(after)]));

/** What each cell is at the end that is otherwise than at the beginning. */
const endsOfMoved = (nodes: readonly Seen[], states: ReadonlyMap<string, readonly string[]>) =>
  Object.fromEntries(
    nodes.flatMap((node) => (states.get(cellOf(node))?.[0] === stateOf(node) ? [] : [[cellOf(node), stateOf(node)]])),
  );

/** What is false in a change: a cell that never was so, not in that order, or not as the change before left it. */
function falsehoodsOf(
  change: Change,
  earlier: readonly Change[],
  states: ReadonlyMap<string, readonly string[]>,
): string[] {
  const { before, after } = change;
  const cell = cellOf(after);
  const history = states.get(cell) ?? [];
  const last = earlier.map(({ after: seen }) => seen).findLast((seen) => cellOf(seen) === cell);
  const expected = last === undefined ? history[0] : stateOf(last);
  const falsehoods: string[] = [];
  if (stateOf(before) !== expected) falsehoods.push(`${cell} was ${expected}, not ${stateOf(before)}`);
  if (!history.slice(1).includes(stateOf(after))) falsehoods.push(`${cell} never became ${stateOf(after)}`);
  if (stateOf(before) === stateOf(after)) falsehoods.push(`${cell} did not change`);
  return falsehoods;
}
