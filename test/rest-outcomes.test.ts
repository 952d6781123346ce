import { describe, expect, it } from 'vitest';
import type { SourceCatalog } from '../src/domain/catalog.ts';
import { UpstreamUnreachableError } from '../src/domain/errors.ts';
import type { Cell } from '../src/domain/observation.ts';
import { RestOutcomes, stockOf } from '../src/upstream/rest-outcomes.ts';
import { gpuTypeOf } from './support/list-rows.ts';

const UNREAD: Cell = { dataCenterId: 'A', failure: { code: 'BAD_RESPONSE', message: '' } };
const READ: Cell = {
  dataCenterId: 'A',
  failure: null,
  askedAt: 0,
  observedAt: '2025-11-14T00:00:00.000Z',
  source: 'RUNPOD_REST',
  stale: false,
  available: false,
  stock: 'NONE',
  onDemandPrice: null,
  spotPrice: null,
  availableGpuCounts: null,
  spotObservedAt: null,
  spotAskedAt: null,
};

/** Creates a record of the outcomes of requests to the REST API, with a simulated clock. */
function createOutcomes() {
  let time = 1_000_000;
  let isDown = false;
  const outcomes = new RestOutcomes({ rest: {} as SourceCatalog, isRestDown: () => isDown, now: () => time });
  return {
    outcomes,
    pass: (ms: number) => {
      time += ms;
    },
    goDown: () => {
      isDown = true;
    },
    answer: (question: string) => outcomes.ask(question, async () => 'answer'),
    fail: (question: string) =>
      outcomes
        .ask(question, async () => {
          throw new UpstreamUnreachableError('op', 'HTTP 502');
        })
        .catch(() => {}),
    /** Records an observation of a GPU type. `cells` contains one value per cell: `true` if the stock of the cell could be read. */
    recordStock: (gpuTypeId: string, cells: readonly boolean[]) => {
      const asked = { askedAt: 0, observedAt: '2025-11-14T00:00:00.000Z' };
      const observation = { gpuTypeId, gpuCount: 1, ...asked };
      return outcomes.recordStock({ ...observation, cells: cells.map((isRead) => (isRead ? READ : UNREAD)) });
    },
    isLeftOpen: (gpuTypeId: string) => outcomes.isLeftOpen({ gpuType: gpuTypeOf({ id: gpuTypeId }), gpuCount: 1 }),
  };
}

describe('the stock of a GPU type', () => {
  it('counts as undetermined for five minutes after an observation could not determine it', () => {
    const { recordStock, isLeftOpen, pass } = createOutcomes();
    recordStock('a', [false]);
    pass(299_999);
    expect(isLeftOpen('a')).toBe(true);
    pass(1);
    expect(isLeftOpen('a')).toBe(false);
  });

  it('counts as determined if at least one cell could be read, or if there are no cells', () => {
    const { recordStock, isLeftOpen } = createOutcomes();
    expect([[false, false], [false, true], [true], []].map((cells) => recordStock('a', cells))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(isLeftOpen('a')).toBe(false);
  });

  it('is no longer remembered as undetermined once ten thousand other GPU types have undetermined stock', () => {
    const { recordStock, isLeftOpen } = createOutcomes();
    for (let index = 0; index <= 10_000; index += 1) recordStock(`type ${index}`, [false]);
    expect(['type 0', 'type 1', 'type 10000'].map(isLeftOpen)).toEqual([false, true, true]);
  });
});

describe('the REST API', () => {
  it('fails as a whole if no request for stock was answered for five minutes', async () => {
    const { outcomes, answer, fail, pass } = createOutcomes();
    await answer(stockOf(1));
    await fail(stockOf(2));
    pass(299_999);
    expect(outcomes.isFailingStock()).toBe(false);
    pass(1);
    expect(outcomes.isFailingStock()).toBe(true);
  });

  it('fails as a whole as soon as its circuit breaker opens', async () => {
    const { outcomes, answer, fail, goDown } = createOutcomes();
    await answer(stockOf(1));
    goDown();
    await fail(stockOf(2));
    expect(outcomes.isFailingStock()).toBe(true);
  });

  it('does not fail as a whole when only a list fails', async () => {
    const { outcomes, fail } = createOutcomes();
    await fail('GPU types');
    expect(outcomes.isFailingStock()).toBe(false);
  });

  it('counts as failing for a request that failed recently, until it answers that request', async () => {
    const { outcomes, answer, fail, pass } = createOutcomes();
    await fail(stockOf(1));
    pass(5000);
    expect([outcomes.hasFailedWithin(stockOf(1), 5001), outcomes.hasFailedWithin(stockOf(1), 5000)]).toEqual([
      true,
      false,
    ]);
    await answer(stockOf(1));
    expect(outcomes.errorOf(stockOf(1))).toBeUndefined();
  });

  it('no longer fails as a whole once it answers a query for stock', async () => {
    const { outcomes, answer, fail } = createOutcomes();
    await fail(stockOf(1));
    expect(outcomes.isFailingStock()).toBe(true);
    await answer(stockOf(2));
    expect(outcomes.isFailingStock()).toBe(false);
  });

  it('fails as a whole if it answered a query for stock earlier but fails to answer the same query now', async () => {
    const { outcomes, answer, fail } = createOutcomes();
    await answer(stockOf(1));
    await fail(stockOf(1));
    expect(outcomes.isFailingStock()).toBe(true);
  });

  it('fails as a whole although it answers queries for lists', async () => {
    const { outcomes, answer, fail } = createOutcomes();
    await fail(stockOf(1));
    await answer('GPU types');
    expect(outcomes.isFailingStock()).toBe(true);
  });

  it('still counts as failing recently for a query that is repeated after it failed, and the error of the query is kept', async () => {
    const { outcomes, fail, pass } = createOutcomes();
    await fail(stockOf(1));
    pass(5000);
    outcomes.askedAgain(stockOf(1));
    pass(4999);
    expect(outcomes.hasFailedWithin(stockOf(1), 5000)).toBe(true);
    expect(outcomes.errorOf(stockOf(1))).toBeInstanceOf(UpstreamUnreachableError);
    outcomes.forget(stockOf(1));
    outcomes.askedAgain(stockOf(1));
    expect([outcomes.errorOf(stockOf(1)), outcomes.hasFailedWithin(stockOf(1), 5000)]).toEqual([undefined, false]);
  });
});
