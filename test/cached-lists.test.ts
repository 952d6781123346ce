import { describe, expect, it } from 'vitest';
import { LIST_KEYS } from '../src/cache/keys.ts';
import { createMemoryStore } from '../src/cache/store.ts';
import type { Listing } from '../src/domain/catalog.ts';
import type { DataCenter } from '../src/domain/data-center.ts';
import { UpstreamUnreachableError } from '../src/domain/errors.ts';
import { A40, held, idle, L4, LIFETIMES, openCatalog, PLACES } from './support/cached-catalog.ts';
import { dataCenterOf } from './support/list-rows.ts';
import { waiting } from './support/waiting.ts';

/** The age, in milliseconds, at which the list of GPU types or data centers is no longer served. */
const GOOD_MS = LIFETIMES.discoveryMs + LIFETIMES.staleMs;

const isDown = () => Promise.reject(new UpstreamUnreachableError('a list', 'HTTP 503'));

type Opened = ReturnType<typeof openCatalog>;

const readTypes = ({ catalog }: Opened) => catalog.gpuTypes(waiting());
const readCenters = ({ catalog }: Opened) => catalog.dataCenters(waiting());
const readBoth = (opened: Opened) => Promise.all([readTypes(opened), readCenters(opened)]);

describe('a gateway that has requested no list successfully', () => {
  it('is starting until both lists are loaded', async () => {
    const opened = openCatalog();
    const { catalog } = opened;
    expect([catalog.readiness(), catalog.hasLists()]).toEqual(['starting', false]);
    await readTypes(opened);
    expect([catalog.readiness(), catalog.hasLists()]).toEqual(['starting', false]);
    await readCenters(opened);
    expect([catalog.readiness(), catalog.hasLists()]).toEqual(['ready', true]);
  });

  it.each(['gpuTypes', 'dataCenters'] as const)('is unavailable as soon as the list %s fails', async (name) => {
    const opened = openCatalog();
    opened.answers[name] = isDown;
    await Promise.allSettled([readTypes(opened), readCenters(opened)]);
    expect(opened.catalog.readiness()).toBe('unavailable');
  });
});

describe('a gateway that has both lists', () => {
  it('has them until they are too old to be served, and stays ready without queries', async () => {
    const opened = openCatalog();
    const { catalog, passTo } = opened;
    await readTypes(opened);
    passTo(1000);
    await readCenters(opened);
    passTo(GOOD_MS - 1);
    expect([catalog.readiness(), catalog.hasLists()]).toEqual(['ready', true]);
    passTo(GOOD_MS);
    expect([catalog.readiness(), catalog.hasLists()]).toEqual(['ready', false]);
  });

  it('is ready while refreshes fail, and unavailable when the lists are then too old', async () => {
    const opened = openCatalog();
    const { catalog, answers, passTo } = opened;
    await readBoth(opened);
    answers.gpuTypes = isDown;
    passTo(LIFETIMES.discoveryMs);
    await readTypes(opened);
    await idle();
    expect(catalog.readiness()).toBe('ready');
    passTo(GOOD_MS);
    expect(catalog.readiness()).toBe('unavailable');
  });

  it('counts no failure that came before the latest success', async () => {
    const opened = openCatalog();
    const { catalog, answers, passTo } = opened;
    const { gpuTypes } = answers;
    answers.gpuTypes = isDown;
    await expect(readTypes(opened)).rejects.toThrow('HTTP 503');
    answers.gpuTypes = gpuTypes;
    passTo(5000);
    await readBoth(opened);
    passTo(5000 + GOOD_MS);
    expect(catalog.readiness()).toBe('ready');
  });
});

describe('the lists in memory', () => {
  it('are returned until the first of them is due for a refresh', async () => {
    const opened = openCatalog();
    const { catalog, passTo } = opened;
    await readTypes(opened);
    expect(catalog.peekLists()).toBeUndefined();
    passTo(1000);
    await readCenters(opened);
    expect(catalog.listsFreshUntil()).toBe(LIFETIMES.discoveryMs);
    passTo(LIFETIMES.discoveryMs - 1);
    expect(catalog.peekLists()).toEqual({ gpuTypes: [L4, A40], dataCenters: PLACES });
    passTo(LIFETIMES.discoveryMs);
    expect(catalog.peekLists()).toBeUndefined();
  });

  it.each(Object.values(LIST_KEYS))('are not returned if the store has dropped one of them (%s)', async (dropped) => {
    const store = createMemoryStore();
    const opened = openCatalog({
      store: { ...store, peek: (key) => (key === dropped ? undefined : store.peek(key)) },
    });
    await readBoth(opened);
    expect(opened.catalog.peekLists()).toBeUndefined();
  });
});

describe('a list of the API that does not report the stock', () => {
  it.each([
    ['20 s', LIFETIMES.discoveryMs, 20_000],
    ['less if other lists are fresh for less', 5000, 5000],
  ])('is fresh for %s', async (_what, discoveryMs, freshMs) => {
    const opened = openCatalog({ lifetimes: { ...LIFETIMES, discoveryMs } });
    opened.answers.dataCenters = async () => ({ source: 'RUNPOD_GRAPHQL', rows: PLACES });
    await readBoth(opened);
    expect(opened.catalog.listsFreshUntil()).toBe(freshMs);
  });
});

describe('a list that was requested earlier than the cached list', () => {
  it('does not replace it when it arrives later', async () => {
    const opened = openCatalog();
    const { catalog, answers, passTo } = opened;
    const late = held<Listing<DataCenter>>();
    answers.dataCenters = () => late.promise;
    const client = waiting();
    const left = catalog.dataCenters(client);
    await idle();
    client.leave();
    await expect(left).rejects.toThrow('left');
    passTo(1);
    answers.dataCenters = async () => ({ source: 'RUNPOD_REST', rows: PLACES });
    expect(await readCenters(opened)).toEqual(PLACES);
    late.resolve({ source: 'RUNPOD_REST', rows: [dataCenterOf('Z')] });
    await idle();
    expect(await readCenters(opened)).toEqual(PLACES);
  });
});

describe('a list that was requested later than the cached list', () => {
  it('replaces it', async () => {
    const opened = openCatalog();
    const { answers, passTo } = opened;
    await readBoth(opened);
    const rows = [dataCenterOf('Z')];
    answers.dataCenters = async () => ({ source: 'RUNPOD_REST', rows });
    passTo(LIFETIMES.discoveryMs - 1);
    expect(await readCenters(opened)).toEqual(PLACES);
    await idle();
    expect(await readCenters(opened)).toEqual(PLACES);
    passTo(LIFETIMES.discoveryMs);
    expect(await readCenters(opened)).toEqual(PLACES);
    await idle();
    expect(await readCenters(opened)).toEqual(rows);
  });
});
