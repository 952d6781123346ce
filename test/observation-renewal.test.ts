import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../src/cache/store.ts';
import { UpstreamUnreachableError } from '../src/domain/errors.ts';
import type { Observation } from '../src/domain/observation.ts';
import {
  A40,
  failedCell,
  held,
  idle,
  L4,
  LIFETIMES,
  openCatalog,
  PLACES,
  requestOf,
} from './support/cached-catalog.ts';
import { cellOf, observationOf } from './support/cells.ts';
import { dataCenterOf } from './support/list-rows.ts';
import { waiting } from './support/waiting.ts';

type Opened = ReturnType<typeof openCatalog>;

const { freshMs } = LIFETIMES;

const wholeAnswer = async (_request: unknown, askedAt: number) => [
  observationOf(L4.id, askedAt, [cellOf('A', askedAt), cellOf('B', askedAt)]),
];
const answerWithoutB = async (_request: unknown, askedAt: number) => [
  observationOf(L4.id, askedAt, [cellOf('A', askedAt), failedCell('B')]),
];
const noAnswer = () => Promise.reject(new UpstreamUnreachableError('stock', 'HTTP 503'));

/** Sets the clock to `ms`, and reads the observation as a client does. */
async function readAt({ catalog, passTo }: Opened, ms: number): Promise<Observation> {
  passTo(ms);
  const observation = await catalog.observe(requestOf(), waiting());
  await idle();
  return observation;
}

/** Returns when each cell was observed; `null` for a failed cell. */
const times = ({ cells }: Observation) => cells.map((cell) => (cell.failure === null ? cell.askedAt : null));

describe('a complete observation', () => {
  it('is refreshed in the background as soon as it is no longer fresh', async () => {
    const opened = openCatalog();
    opened.answers.observe = wholeAnswer;
    expect(times(await readAt(opened, 0))).toEqual([0, 0]);
    await readAt(opened, freshMs - 1);
    expect(opened.asked).toHaveLength(1);
    expect(times(await readAt(opened, freshMs))).toEqual([0, 0]);
    expect(opened.asked).toHaveLength(2);
    expect(times(await readAt(opened, freshMs))).toEqual([freshMs, freshMs]);
  });

  it('is refreshed when its oldest cell is no longer fresh', async () => {
    const opened = openCatalog();
    const { catalog, answers, passTo, asked } = opened;
    const late = held<readonly Observation[]>();
    answers.observe = () => late.promise;
    const client = waiting();
    const left = catalog.observe(requestOf(), client);
    await idle();
    client.leave();
    await expect(left).rejects.toThrow('left');
    passTo(10_000);
    answers.observe = async (_request, askedAt) => [observationOf(L4.id, askedAt, [cellOf('A', askedAt)])];
    await catalog.observe(requestOf(L4, { dataCenters: PLACES.slice(0, 1) }), waiting());
    late.resolve(await wholeAnswer(null, 0));
    await idle();
    expect(times(await readAt(opened, freshMs - 1))).toEqual([10_000, 0]);
    expect(asked).toHaveLength(2);
    await readAt(opened, freshMs);
    expect(asked).toHaveLength(3);
  });

  it('is refreshed at once if a data center is new', async () => {
    const opened = openCatalog();
    const { catalog, answers, asked } = opened;
    answers.observe = wholeAnswer;
    await readAt(opened, 0);
    const request = requestOf(L4, { dataCenters: [...PLACES, dataCenterOf('NEW')] });
    expect(catalog.peek(request)).toBeUndefined();
    expect(times(await catalog.observe(request, waiting()))).toEqual([0, 0]);
    await idle();
    expect(asked).toHaveLength(2);
  });
});

describe('an observation with a failed cell', () => {
  it('is served for 15 s without another request, and then readers wait for a new answer', async () => {
    const opened = openCatalog();
    opened.answers.observe = answerWithoutB;
    expect(times(await readAt(opened, 0))).toEqual([0, null]);
    opened.answers.observe = wholeAnswer;
    expect(times(await readAt(opened, 14_999))).toEqual([0, null]);
    expect(opened.asked).toHaveLength(1);
    expect(times(await readAt(opened, 15_000))).toEqual([15_000, 15_000]);
  });

  it('is served while it is refreshed if the last state of each failed cell is known', async () => {
    const opened = openCatalog();
    const { answers, asked } = opened;
    answers.observe = wholeAnswer;
    await readAt(opened, 0);
    answers.observe = answerWithoutB;
    await readAt(opened, freshMs);
    expect(times(await readAt(opened, freshMs + 14_999))).toEqual([freshMs, 0]);
    expect(asked).toHaveLength(2);
    expect(times(await readAt(opened, freshMs + 15_000))).toEqual([freshMs, 0]);
    expect(asked).toHaveLength(3);
  });

  it('is refreshed sooner than after 15 s if observations are fresh for a shorter time', async () => {
    const opened = openCatalog({ lifetimes: { ...LIFETIMES, freshMs: 10_000 } });
    opened.answers.observe = answerWithoutB;
    await readAt(opened, 0);
    await readAt(opened, 9999);
    expect(opened.asked).toHaveLength(1);
    await readAt(opened, 10_000);
    expect(opened.asked).toHaveLength(2);
  });
});

describe('an observation in memory', () => {
  it('is returned while all of its cells are observed and fresh', async () => {
    const opened = openCatalog();
    const { catalog, answers, passTo } = opened;
    expect(catalog.peek(requestOf())).toBeUndefined();
    answers.observe = answerWithoutB;
    await readAt(opened, 0);
    expect(catalog.peek(requestOf())).toBeUndefined();
    answers.observe = wholeAnswer;
    const observation = await readAt(opened, 15_000);
    passTo(15_000 + freshMs - 1);
    expect(catalog.peek(requestOf())).toEqual(observation);
    passTo(15_000 + freshMs);
    expect(catalog.peek(requestOf())).toBeUndefined();
  });

  it('is not returned for a GPU type or pod size that was not requested', async () => {
    const opened = openCatalog();
    opened.answers.observe = wholeAnswer;
    await readAt(opened, 0);
    expect(opened.catalog.peek(requestOf(A40))).toBeUndefined();
    expect(opened.catalog.peek(requestOf(L4, { gpuCount: 2 }))).toBeUndefined();
  });
});

describe('the look-up of an observation', () => {
  it('finds nothing before the observation was loaded', async () => {
    const { catalog, asked } = openCatalog();
    expect(await catalog.lookUp(requestOf())).toBeNull();
    expect(asked).toEqual([]);
  });

  it('starts a refresh and counts as a read only when `take` is called, not when `look` is called', async () => {
    const reads: string[] = [];
    const opened = openCatalog({ onRead: (result, count) => reads.push(`${count} ${result}`) });
    const { catalog, answers, asked } = opened;
    answers.observe = wholeAnswer;
    await readAt(opened, 0);
    opened.passTo(freshMs);
    const known = await catalog.lookUp(requestOf());
    expect(known?.look().cells).toMatchObject([{ stale: true }, { stale: true }]);
    await idle();
    expect([asked.length, reads]).toEqual([1, ['1 miss']]);
    expect(known?.take(waiting()).cells).toMatchObject([{ stale: true }, { stale: true }]);
    await idle();
    expect([asked.length, reads]).toEqual([2, ['1 miss', '1 stale']]);
    catalog.countFreshReads(7);
    expect(reads.at(-1)).toBe('7 fresh');
  });
});

describe('an answer for several GPU types', () => {
  it('reports and caches the observation of each listed GPU type, and ignores others', async () => {
    const { catalog, answers, told, asked } = openCatalog();
    answers.observe = async (_request, askedAt) =>
      ['NVIDIA L4', 'NVIDIA A40', 'unknown'].map((id) =>
        observationOf(id, askedAt, [cellOf('A', askedAt), cellOf('B', askedAt)]),
      );
    await Promise.all([L4, A40].map((gpuType) => catalog.observe(requestOf(gpuType), waiting())));
    expect(told).toEqual(['observed NVIDIA L4', 'observed NVIDIA A40']);
    expect(catalog.peek(requestOf(A40))?.gpuTypeId).toBe('NVIDIA A40');
    expect(asked).toHaveLength(1);
  });
});

describe('observations of different upstream requests', () => {
  it('are loaded separately', async () => {
    const { catalog, answers, asked } = openCatalog();
    answers.batchOf = ({ gpuType }) => gpuType.id;
    answers.observe = async ({ gpuType }, askedAt) => [observationOf(gpuType.id, askedAt, [cellOf('A', askedAt)])];
    const read = await Promise.all([L4, A40].map((gpuType) => catalog.observe(requestOf(gpuType), waiting())));
    expect(read.map(({ gpuTypeId }) => gpuTypeId)).toEqual(['NVIDIA L4', 'NVIDIA A40']);
    expect(asked).toHaveLength(2);
  });
});

describe('an observation that another replica stored', () => {
  it('is reported only once, as observed elsewhere, and its cells count as fresh in the statistics', async () => {
    const store = createMemoryStore();
    const [first, second] = [openCatalog({ store }), openCatalog({ store })];
    first.answers.observe = wholeAnswer;
    await readAt(first, 0);
    await readAt(first, 0);
    await readAt(second, 0);
    await readAt(second, 0);
    expect([first.told, second.told]).toEqual([['observed NVIDIA L4'], ['observed elsewhere NVIDIA L4']]);
    expect(second.asked).toEqual([]);
    expect(second.catalog.statistics.count()).toMatchObject({ fresh: 2 });
  });
});

describe('the statistics', () => {
  const counts = ({ catalog }: Opened) => {
    const { fresh, stale, failed, idle: unwanted } = catalog.statistics.count();
    return { fresh, stale, failed, idle: unwanted };
  };

  it('count the cells of a failed request as failed, and those of other GPU types in the same request as idle', async () => {
    const opened = openCatalog();
    opened.answers.observe = noAnswer;
    await expect(readAt(opened, 0)).rejects.toThrow('HTTP 503');
    expect(counts(opened)).toEqual({ fresh: 0, stale: 0, failed: 2, idle: 2 });
  });

  it('count no cells of GPU types that another request loads', async () => {
    const opened = openCatalog();
    opened.answers.batchOf = ({ gpuType }) => gpuType.id;
    opened.answers.observe = noAnswer;
    await expect(opened.catalog.renew(requestOf(A40), waiting())).rejects.toThrow('HTTP 503');
    expect(counts(opened)).toEqual({ fresh: 0, stale: 0, failed: 2, idle: 0 });
  });

  it('count stale cells as idle until a client reads them', async () => {
    const opened = openCatalog();
    opened.answers.observe = wholeAnswer;
    await readAt(opened, 0);
    opened.answers.observe = noAnswer;
    opened.passTo(freshMs);
    expect(counts(opened)).toEqual({ fresh: 0, stale: 0, failed: 0, idle: 2 });
    await readAt(opened, freshMs);
    expect(counts(opened)).toEqual({ fresh: 0, stale: 2, failed: 0, idle: 2 });
  });
});

describe('a renewal', () => {
  it('requests a new answer even if the cached one is fresh, and changes the version', async () => {
    const opened = openCatalog();
    const { catalog, answers, asked, passTo } = opened;
    answers.observe = wholeAnswer;
    await readAt(opened, 0);
    const version = catalog.version();
    passTo(1);
    expect(catalog.version()).toBe(version);
    await catalog.renew(requestOf(), waiting());
    expect(asked).toHaveLength(2);
    expect(catalog.version()).not.toBe(version);
    expect(times(await readAt(opened, 1))).toEqual([1, 1]);
  });
});
