import { describe, expect, it } from 'vitest';
import type { SourceCatalog } from '../src/domain/catalog.ts';
import { UpstreamUnreachableError } from '../src/domain/errors.ts';
import { RestOutcomes, stockOf } from '../src/upstream/rest-outcomes.ts';
import { dataCenterOf, gpuTypeOf } from './support/runpod-catalog.ts';

/** Creates a record of the outcomes of requests to the REST API, with a simulated clock. */
function createOutcomes() {
  let time = 0;
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
    /** Records an observation of a GPU type in which its stock could not be read. */
    leaveOpen: (gpuTypeId: string) => {
      const cell = { dataCenterId: dataCenterOf('A').id, failure: { code: 'BAD_RESPONSE', message: '' } } as const;
      const asked = { askedAt: 0, observedAt: '2025-11-14T00:00:00.000Z' };
      outcomes.recordStock({ gpuTypeId, gpuCount: 1, cells: [cell], ...asked });
    },
    isLeftOpen: (gpuTypeId: string) => outcomes.isLeftOpen({ gpuType: gpuTypeOf({ id: gpuTypeId }), gpuCount: 1 }),
  };
}

describe('the stock of a GPU type', () => {
  it('counts as undetermined for five minutes after an observation could not determine it', () => {
    const { leaveOpen, isLeftOpen, pass } = createOutcomes();
    leaveOpen('a');
    pass(299_999);
    expect(isLeftOpen('a')).toBe(true);
    pass(1);
    expect(isLeftOpen('a')).toBe(false);
  });

  it('no longer counts as undetermined after the stock of ten thousand other GPU types could not be determined', () => {
    const { leaveOpen, isLeftOpen } = createOutcomes();
    for (let index = 0; index <= 10_000; index += 1) leaveOpen(`type ${index}`);
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

  it('does not fail as a whole any more when it answers a query for stock', async () => {
    const { outcomes, answer, fail } = createOutcomes();
    await fail(stockOf(1));
    expect(outcomes.isFailingStock()).toBe(true);
    await answer(stockOf(2));
    expect(outcomes.isFailingStock()).toBe(false);
  });

  it('fails as a whole although it answered earlier, if it does not answer the same query again', async () => {
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

  it('counts the time since a failed query was last sent, and keeps its error', async () => {
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
