import { describe, expect, it } from 'vitest';
import type { Observation } from '../src/domain/observation.ts';
import { held, idle, LIFETIMES, openCatalog, requestOf } from './support/cached-catalog.ts';
import { cellOf, observationOf } from './support/cells.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { waiting } from './support/waiting.ts';

const KNOWN = ['X', 'Y', 'Z'].map((id) => gpuTypeOf({ id }));
const NEW = ['V', 'W'].map((id) => gpuTypeOf({ id }));
const PLACES = ['A', 'B', 'C', 'D'].map(dataCenterOf);

/** How much later than a doubted answer a second answer must be requested to confirm it, in milliseconds. */
const CONFIRM_AFTER_MS = LIFETIMES.freshMs / 2;
const DOUBTED_AT = 20_000;

/** Creates an answer about these GPU types. All of its cells are in stock, or none of them if `available` is false. */
const answerOf = (gpuTypes: typeof KNOWN, askedAt: number, available: boolean): readonly Observation[] =>
  gpuTypes.map(({ id }) =>
    observationOf(
      id,
      askedAt,
      PLACES.map((place) => cellOf(place.id, askedAt, { available, stock: available ? 'HIGH' : 'NONE' })),
    ),
  );

const request = requestOf(KNOWN[0], { gpuTypes: [...KNOWN, ...NEW], dataCenters: PLACES });

/** Creates a catalog that first receives an answer with stock in every cell, and then, at `DOUBTED_AT`, an answer without any stock. */
async function openDoubting() {
  const opened = openCatalog();
  const { catalog, answers, told, passTo } = opened;
  answers.observe = async (_request, askedAt) => answerOf(KNOWN, askedAt, true);
  await catalog.observe(request, waiting());
  told.length = 0;
  answers.observe = async (_request, askedAt) => answerOf(KNOWN, askedAt, false);
  passTo(DOUBTED_AT);
  await catalog.renew(request, waiting());
  return {
    ...opened,
    /** Returns how many cells are served as in stock. */
    inStock: async () =>
      (await catalog.lookUp(request))?.look().cells.filter((cell) => cell.failure === null && cell.available).length,
  };
}

describe('an answer without any stock after much was in stock', () => {
  it('is doubted, and the known stock is served', async () => {
    const { inStock, told } = await openDoubting();
    expect(await inStock()).toBe(4);
    expect(told).toEqual(['doubt 1']);
  });

  it('is confirmed by a second such answer after half of the freshness time, but not earlier', async () => {
    const { catalog, inStock, told, passTo } = await openDoubting();
    passTo(DOUBTED_AT + CONFIRM_AFTER_MS - 1);
    await catalog.renew(request, waiting());
    expect([await inStock(), told]).toEqual([4, ['doubt 1']]);
    passTo(DOUBTED_AT + CONFIRM_AFTER_MS);
    await catalog.renew(request, waiting());
    expect([await inStock(), told]).toEqual([0, ['doubt 1', 'observed X', 'observed Y', 'observed Z']]);
  });

  it('is not confirmed by a slow answer to an earlier request', async () => {
    const { catalog, answers, inStock, passTo } = await openDoubting();
    const slow = held<readonly Observation[]>();
    answers.observe = () => slow.promise;
    passTo(DOUBTED_AT + CONFIRM_AFTER_MS - 1);
    const renewal = catalog.renew(request, waiting());
    await idle();
    passTo(DOUBTED_AT + CONFIRM_AFTER_MS);
    slow.resolve(answerOf(KNOWN, DOUBTED_AT + CONFIRM_AFTER_MS - 1, false));
    await renewal;
    expect(await inStock()).toBe(4);
  });
});

describe('an observation that a doubted answer contradicts', () => {
  it('is not requested again at once if a data center is new', async () => {
    const { catalog, asked } = await openDoubting();
    const before = asked.length;
    await catalog.observe({ ...request, dataCenters: [...PLACES, dataCenterOf('NEW')] }, waiting());
    await idle();
    expect(asked).toHaveLength(before);
  });
});

describe('an answer without any stock about other GPU types', () => {
  it('is believed, however much is known of the GPU types that it does not contain', async () => {
    const { catalog, answers, told, passTo } = openCatalog();
    answers.observe = async (_request, askedAt) => answerOf(KNOWN, askedAt, true);
    await catalog.observe(request, waiting());
    told.length = 0;
    answers.observe = async (_request, askedAt) => answerOf(NEW, askedAt, false);
    passTo(1);
    await catalog.observe({ ...request, gpuType: NEW[0] ?? request.gpuType }, waiting());
    expect(told).toEqual(['observed V', 'observed W']);
  });
});
