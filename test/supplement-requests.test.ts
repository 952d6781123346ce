import { describe, expect, it } from 'vitest';
import { type Client, createUnlimitedClient } from '../src/domain/client.ts';
import { UpstreamUnreachableError } from '../src/domain/errors.ts';
import type { Cell, ObservedCell } from '../src/domain/observation.ts';
import { A40, failedCell, idle, L4, LIFETIMES, openCatalog, requestOf } from './support/cached-catalog.ts';
import { cellOf, observationOf } from './support/cells.ts';
import { waiting } from './support/waiting.ts';

/**
 * The period after which a supplement (an answer of the second source that adds spot prices) is due again for the same GPU type, in
 * milliseconds.
 */
const PERIOD_MS = 5 * LIFETIMES.freshMs;

const withSpot = (id: string, askedAt: number, rest: Partial<ObservedCell> = {}) =>
  cellOf(id, askedAt, {
    spotPrice: { perGpu: 0.2, perPod: 0.2 },
    spotAskedAt: askedAt,
    spotObservedAt: new Date(askedAt).toISOString(),
    ...rest,
  });

/**
 * Opens a catalog with a second source. `cells` returns the cells that each source reports, and `supplements` lists the GPU types for which
 * the second source was requested.
 */
function open() {
  const opened = openCatalog();
  const { answers } = opened;
  const supplements: string[] = [];
  const cells = {
    first: (askedAt: number): readonly Cell[] => [cellOf('A', askedAt), cellOf('B', askedAt)],
    second: (askedAt: number): readonly Cell[] => [withSpot('A', askedAt), withSpot('B', askedAt)],
  };
  let nowMs = 0;
  answers.observe = async ({ gpuType }, askedAt) => [observationOf(gpuType.id, askedAt, cells.first(askedAt))];
  answers.batchOf = ({ gpuType }) => gpuType.id;
  answers.supplementOf = ({ gpuType }) => ({
    loadName: gpuType.id,
    observe: async () => {
      supplements.push(gpuType.id);
      return [observationOf(gpuType.id, nowMs, cells.second(nowMs))];
    },
  });
  const passTo = (ms: number) => {
    nowMs = ms;
    opened.passTo(ms);
  };
  return {
    ...opened,
    supplements,
    cells,
    passTo,
    /** Sets the clock to `ms`, reads the observation, and waits until it has been refreshed. Returns its spot prices per GPU. */
    readAt: async (ms: number, gpuType = L4, clients: readonly Client[] = waiting().clients) => {
      passTo(ms);
      await opened.catalog.observe(requestOf(gpuType), { ...waiting(), clients });
      await idle();
      const known = await opened.catalog.lookUp(requestOf(gpuType));
      return known?.look().cells.map((cell) => (cell.failure === null ? cell.spotPrice?.perGpu : 'failed'));
    },
  };
}

describe('a read', () => {
  it('adds spot prices of the second source in the background, and does not report them as newly observed', async () => {
    const { readAt, supplements, told } = open();
    expect(await readAt(0)).toEqual([0.2, 0.2]);
    expect(supplements).toEqual(['NVIDIA L4']);
    expect(told.filter((text) => text.startsWith('supplemented'))).toEqual(['supplemented A', 'supplemented B']);
  });

  it('leads to a supplement only if a client waits for it', async () => {
    const { catalog, supplements } = open();
    await catalog.observe(requestOf(), { ...waiting(), awaited: false });
    await idle();
    expect(supplements).toEqual([]);
    catalog.supplement(requestOf());
    await idle();
    expect(supplements).toEqual(['NVIDIA L4']);
  });

  it('of a known observation leads to a supplement at `take`, not at `lookUp`', async () => {
    const { catalog, supplements } = open();
    await catalog.observe(requestOf(), { ...waiting(), awaited: false });
    const known = await catalog.lookUp(requestOf());
    await idle();
    expect(supplements).toEqual([]);
    known?.take(waiting());
    await idle();
    expect(supplements).toEqual(['NVIDIA L4']);
  });

  it('leads to no supplement without a second source', async () => {
    const { readAt, supplements, answers, told } = open();
    answers.supplementOf = () => null;
    expect(await readAt(0)).toEqual([undefined, undefined]);
    expect([supplements, told]).toEqual([[], ['observed NVIDIA L4']]);
  });
});

describe('a supplement', () => {
  it('is requested again when the oldest spot price of a cell in stock has reached five times the freshness time', async () => {
    const { readAt, supplements } = open();
    await readAt(0);
    await readAt(PERIOD_MS - 1);
    expect(supplements).toHaveLength(1);
    await readAt(PERIOD_MS);
    expect(supplements).toHaveLength(2);
  });

  it.each<[string, (askedAt: number) => readonly Cell[], number]>([
    ['is not requested if nothing is in stock', (at) => [cellOf('A', at, { available: false }), failedCell('B')], 0],
    ['is not requested if the first source reports spot prices', (at) => [withSpot('A', at), withSpot('B', at)], 0],
    ['is requested if one spot price is unknown', (at) => [withSpot('A', at), cellOf('B', at)], 1],
  ])('%s', async (_what, first, expected) => {
    const { readAt, supplements, cells } = open();
    cells.first = first;
    await readAt(0);
    expect(supplements).toHaveLength(expected);
  });

  it('fails without an effect on later reads, and is then requested again after the usual time', async () => {
    const { readAt, answers, told, catalog } = open();
    let tries = 0;
    answers.supplementOf = () => ({
      loadName: 'prices',
      observe: () => {
        tries += 1;
        return Promise.reject(new UpstreamUnreachableError('prices', 'HTTP 503'));
      },
    });
    expect(await readAt(0)).toEqual([undefined, undefined]);
    expect(catalog.statistics.count()).toMatchObject({ fresh: 2, failed: 0, idle: 0 });
    await readAt(PERIOD_MS - 1);
    expect(tries).toBe(1);
    await readAt(PERIOD_MS);
    expect(tries).toBe(2);
    expect(told.filter((text) => text.startsWith('fault'))).toEqual([]);
  });

  it('is requested sooner when a cell without a spot price has come into stock', async () => {
    const { readAt, supplements, cells } = open();
    cells.first = (askedAt) => [cellOf('A', askedAt), cellOf('B', askedAt, { available: false })];
    await readAt(0);
    cells.first = (askedAt) => [cellOf('A', askedAt), cellOf('B', askedAt)];
    await readAt(LIFETIMES.freshMs);
    await readAt(LIFETIMES.freshMs);
    expect(supplements).toHaveLength(2);
  });

  it('is not requested sooner when the same cells stay in stock', async () => {
    const { readAt, supplements, cells } = open();
    cells.second = (askedAt) => [withSpot('A', askedAt)];
    await readAt(0);
    await readAt(LIFETIMES.freshMs);
    await readAt(2 * LIFETIMES.freshMs - 1);
    await readAt(2 * LIFETIMES.freshMs - 1);
    expect(supplements).toHaveLength(1);
  });

  it('counts as empty if no cell has a spot price or a pod size, and is then not requested for an hour', async () => {
    const { readAt, supplements, cells } = open();
    cells.second = (askedAt) => [
      cellOf('A', askedAt, { availableGpuCounts: [], spotAskedAt: askedAt }),
      failedCell('B'),
    ];
    await readAt(0);
    await readAt(PERIOD_MS);
    expect(supplements).toHaveLength(1);
    cells.second = (askedAt) => [cellOf('A', askedAt, { availableGpuCounts: [1], spotAskedAt: askedAt })];
    await readAt(PERIOD_MS + 1, A40);
    await readAt(PERIOD_MS + 1);
    expect(supplements).toEqual(['NVIDIA L4', 'NVIDIA A40', 'NVIDIA L4']);
  });
});

describe('a client with less than half of its budget left', () => {
  const clientWith = (left: number): Client & { remaining: number } => {
    const client = { ...createUnlimitedClient(), perMinute: 10, remaining: left, left: () => client.remaining };
    return client;
  };

  it('causes no supplement', async () => {
    const { readAt, supplements } = open();
    await readAt(0, L4, [clientWith(4)]);
    expect(supplements).toEqual([]);
    await readAt(0, L4, [clientWith(5)]);
    expect(supplements).toEqual(['NVIDIA L4']);
  });

  it('postpones a supplement that it caused earlier, until another client needs it', async () => {
    const { catalog, supplements, readAt } = open();
    await readAt(0, L4);
    const client = clientWith(5);
    const reading = catalog.observe(requestOf(A40), { ...waiting(), clients: [client] });
    await reading;
    client.remaining = 4;
    await idle();
    expect(supplements).toEqual(['NVIDIA L4']);
    await readAt(0, A40);
    expect(supplements).toEqual(['NVIDIA L4', 'NVIDIA A40']);
  });
});
