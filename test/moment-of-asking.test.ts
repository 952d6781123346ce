import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RememberedObservation, recall, remember, supplement } from '../src/cache/remembered-observation.ts';
import type { Cell, Observation, StockLevel } from '../src/domain/observation.ts';
import { createLastSeen } from '../src/live/last-seen.ts';
import { ask, openBoth, quiet, type Row } from './support/both-apis.ts';
import { changed } from './support/changed-answer.ts';
import { KEY, startFakeRest } from './support/fake-rest.ts';
import { answerWith, type Fault, startFakeRunPod } from './support/fake-runpod.ts';
import { createGateway } from './support/gateway.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { NOTHING } from './support/stock.ts';

const OBSERVED = '{ gpuAvailability(gpuType: "NVIDIA L4") { freshness { observedAt newestObservedAt } } }';

/** Creates a fault that applies the fault `then` after `ms` milliseconds. */
const slowly =
  (ms: number, then: Fault): Fault =>
  (response, good) =>
    setTimeout(() => then(response, good), ms);

const good: Fault = (response, body) => answerWith(200, body)(response, body);

describe('observedAt', () => {
  it.each(['graphql', 'rest'])(
    'is the time when the request was sent, however slow the answer (%s)',
    async (upstream) => {
      await using runPod = await startFakeRunPod();
      await using rest = await startFakeRest();
      const arrivals: number[] = [];
      const hold = (isStock: boolean, then: Fault = good): Fault | undefined => {
        if (!isStock) return undefined;
        arrivals.push(Date.now());
        // The first attempt fails after a delay, so `observedAt` must be the time of the second attempt.
        return arrivals.length === 1 ? slowly(300, answerWith(502, '')) : slowly(1500, then);
      };
      runPod.fail(({ operationName }) => hold(operationName === 'LowestPrices'));
      rest.fail(({ path }) => hold(path.endsWith('gpus')));
      const gateway = createGateway({
        UPSTREAM: upstream,
        RUNPOD_API_KEY: KEY,
        RUNPOD_GRAPHQL_URL: runPod.url,
        RUNPOD_REST_URL: rest.url,
        UPSTREAM_TIMEOUT_MS: '100000',
      });
      const { freshness } = (await gateway.ask(OBSERVED)).data.gpuAvailability;
      expect(freshness.newestObservedAt).toBe(freshness.observedAt);
      const lateMs = (arrivals[1] ?? 0) - Date.parse(freshness.observedAt);
      // `lateMs` is the time from `observedAt` to the arrival of the request. If `observedAt` were the time of the answer, `lateMs` would
      // be about -1500.
      expect(lateMs).toBeGreaterThanOrEqual(-1);
      expect(lateMs).toBeLessThan(1000);
      expect(arrivals).toHaveLength(2);
    },
  );
});

describe('an answer of the GraphQL API that shows the stock before a change and arrives after it', () => {
  it('does not replace the answer to a later request to the REST API, and causes no event', async () => {
    await using both = await openBoth({ UPSTREAM_TIMEOUT_MS: '100000' });
    const { rest, graphql, gateway } = both;
    const [row] = severalPlaces((await ask(both)).nodes);
    const [type, place] = [row?.gpuType.id ?? '', row?.dataCenter.id ?? ''];
    await quiet(both);
    const levelNow = async () =>
      (await ask(both)).nodes.find(({ gpuType, dataCenter }) => gpuType.id === type && dataCenter.id === place)?.stock;
    const changes = async (kind: string) =>
      (await gateway.get('/metrics')).body.match(new RegExp(`changes_total{kind="${kind}"} (\\d+)`))?.[1];

    const answered = async () =>
      Number(
        /attempts_total\{source="runpod_graphql",operation="LowestPrices",outcome="complete"\} (\d+)/.exec(
          (await gateway.get('/metrics')).body,
        )?.[1],
      );

    const late: (() => void)[] = [];
    graphql.fail(({ operationName, variables }) => {
      const isFirst = operationName === 'LowestPrices' && variables?.['gpuTypeId'] === type && late.length === 0;
      if (!isFirst) return undefined;
      return (response, body) => void late.push(() => answerWith(200, body)(response, body));
    });
    rest.fail(({ path }) => (path.endsWith('gpus') ? answerWith(503, '') : undefined));
    gateway.passSeconds(61);
    await ask(both);
    await expect.poll(() => late.length).toBe(1);
    // The stock changes while the answer is withheld. So the withheld answer still reports the old stock.
    graphql.stock.set(type, place, NOTHING);

    const without = changed((gpus) => {
      const gpu = gpus.find(({ id }) => id === type);
      if (gpu !== undefined) gpu.dataCenters = (gpu.dataCenters as { id: string }[]).filter(({ id }) => id !== place);
    });
    rest.fail(({ path }) => (path.endsWith('gpus') ? without : undefined));
    // The gateway requests the REST API again only after half a minute, so the clock advances before each query.
    const isNone = async () => {
      gateway.passSeconds(61);
      return levelNow();
    };
    await expect.poll(isNone, { timeout: 20_000 }).toBe('NONE');
    await quiet(both, 1);
    const before = await answered();
    late[0]?.();
    await expect.poll(answered).toBe(before + 1);
    expect(await levelNow()).toBe('NONE');
    gateway.passSeconds(61);
    await ask(both);
    await quiet(both);
    expect(await levelNow()).toBe('NONE');
    expect([await changes('disappeared'), await changes('appeared')]).toEqual(['1', '0']);
  });
});

/** Returns the rows in stock whose GPU type is in stock in more than one data center. */
function severalPlaces(nodes: readonly Row[]): readonly Row[] {
  const offered = nodes.filter(({ available }) => available);
  const places = (id: string) => offered.filter(({ gpuType }) => gpuType.id === id).length;
  return offered.filter(({ gpuType }) => places(gpuType.id) > 1);
}

describe('answers that arrive in any order', () => {
  const IDS = ['A', 'B', 'C'];
  const scope = { gpuType: gpuTypeOf({}), gpuCount: 1, dataCenters: IDS.map(dataCenterOf) };
  const LIMITS = { freshMs: 60_000, staleMs: 3_600_000 };
  const anyLevel = fc.option(fc.constantFrom<StockLevel>('NONE', 'LOW', 'HIGH'));

  const stampOf = (askedAt: number) => ({ askedAt, observedAt: new Date(askedAt).toISOString() });

  function toCell(dataCenterId: string, stock: StockLevel | null, askedAt: number, hasSpot: boolean): Cell {
    if (stock === null) return { dataCenterId, failure: { code: 'TIMEOUT', message: 'no answer' } };
    const asked = stampOf(askedAt);
    const spot = hasSpot ? { spotObservedAt: asked.observedAt, spotAskedAt: askedAt } : NO_SPOT;
    const rest = { stale: false, available: stock !== 'NONE', onDemandPrice: null, spotPrice: null };
    const source = hasSpot ? 'RUNPOD_GRAPHQL' : 'RUNPOD_REST';
    return { dataCenterId, failure: null, ...asked, source, stock, availableGpuCounts: null, ...rest, ...spot };
  }

  /** Generates answers in any order. Each of them was requested at a different time. */
  const anyAnswers = fc
    .uniqueArray(
      fc.record({ askedAt: fc.nat(50_000), levels: fc.tuple(anyLevel, anyLevel, anyLevel), hasSpot: fc.boolean() }),
      {
        selector: ({ askedAt }) => askedAt,
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((answers) =>
      answers.map(
        ({ askedAt, levels, hasSpot }): Observation => ({
          gpuTypeId: scope.gpuType.id,
          gpuCount: 1,
          ...stampOf(askedAt),
          cells: IDS.map((id, index) => toCell(id, levels[index] ?? null, askedAt, hasSpot)),
        }),
      ),
    );

  /** Returns what the gateway serves for each cell: the stock level and the request time, or `null` for a failed cell. */
  const served = (remembered: RememberedObservation) =>
    recall(remembered, LIMITS, 50_000).cells.map((cell) => (cell.failure === null ? [cell.stock, cell.askedAt] : null));

  /**
   * Returns the expected stock level and request time of each cell. They come from the most recently requested answer in which the cell has
   * not failed.
   */
  const latest = (answers: readonly Observation[]) =>
    IDS.map((_id, index) => {
      const cells = answers.flatMap(({ cells: all }) => all[index] ?? []).filter((cell) => cell.failure === null);
      const [last] = cells.toSorted((a, b) => b.askedAt - a.askedAt);
      return last === undefined ? null : [last.stock, last.askedAt];
    });

  const mergeAll = (answers: readonly Observation[]) =>
    answers.reduce<RememberedObservation | undefined>((before, reported) => remember(reported, before), undefined);

  it('give each cell its state in the most recently requested answer that observed the cell', () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const remembered = mergeAll(answers);
        expect(remembered && served(remembered)).toEqual(latest(answers));
      }),
    );
  });

  it('leave the stock unchanged if they only add spot prices', () => {
    fc.assert(
      fc.property(anyAnswers, anyAnswers, (answers, added) => {
        const remembered = mergeAll(answers);
        if (remembered === undefined) return;
        const merged = added.reduce((before, reported) => supplement(reported, before), remembered);
        const known = served(remembered);
        expect(served(merged).map((cell, index) => (known[index] === null ? null : cell))).toEqual(known);
      }),
    );
  });

  it('cause an event only for a cell that was observed later than its last known state', () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const lastSeen = createLastSeen();
        const times = answers.flatMap(({ cells }) =>
          lastSeen.see(scope, cells).map(({ before, after }) => [before.observedAt ?? '', after.observedAt ?? '']),
        );
        for (const [before = '', after = ''] of times) expect(before < after).toBe(true);
      }),
    );
  });

  const NO_SPOT = { spotObservedAt: null, spotAskedAt: null };
});
