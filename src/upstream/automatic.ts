import type { Demand, Listing, SourceCatalog } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { ClientLimitedError, UpstreamError, UpstreamGoneError } from '../domain/errors.ts';
import { isObserved, type Observation, type ObservationKey } from '../domain/observation.ts';

/** What to choose among. */
export interface AutomaticOptions {
  /** Preferred: one request to it answers for all GPU types. */
  readonly rest: SourceCatalog;
  /** Whether requests to it are not even made, because it fails as a whole. */
  readonly isRestDown: () => boolean;
  /** Reports spot prices and pod sizes besides, and everything while the other does not answer. */
  readonly graphql: SourceCatalog;
  /** Whether it has said that it is gone for good. */
  readonly isGone: () => boolean;
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
}

/** How long after the REST API failed to answer a question it is asked the same again, in milliseconds. */
const TRY_AGAIN_MS = 30_000;

/** The same while the GraphQL API does not answer either, and for lists. */
const TRY_SOON_MS = 5000;

/** How long the GraphQL API answers for a GPU type, in milliseconds, unless the REST API reports its stock before. */
const LEFT_OPEN_MS = 300_000;

/** How long an answer of the REST API about stock counts as a sign that it answers, in milliseconds. */
const ANSWERED_MS = 300_000;

const NOBODY_WAITS: Demand = { signal: new AbortController().signal, awaited: false, clients: [GATEWAY] };

interface NoAnswer {
  /** When the question was last put, on the scale of `now`. */
  readonly at: number;
  readonly error: UpstreamError;
}

/**
 * RunPod's two APIs as one catalog, of which one at a time reports the stock of a cell. The REST API is asked, and the GraphQL API
 * supplements it. A question that the REST API does not answer goes to the GraphQL API from then on, until the REST API has
 * answered that very question, which is tried in the background, or neither answers. A GPU type whose stock the REST API leaves
 * open goes to the GraphQL API alone. Lists come from the API that reports stock. Once the GraphQL API says that it is gone, it is
 * not asked any more.
 */
export function createAutomaticCatalog({ rest, isRestDown, graphql, isGone, now }: AutomaticOptions): SourceCatalog {
  /** Questions that the REST API last did not answer. */
  const unanswered = new Map<string, NoAnswer>();
  /** When it answered the others about stock. */
  const answeredAt = new Map<string, number>();
  /** GPU types and pod sizes that the REST API last left open, and when. */
  const leftOpen = new Map<string, number>();

  const isLeftToGraphQL = (question: string) => !isGone() && unanswered.has(question);
  const isLeftOpen = (key: ObservationKey) =>
    !isGone() && now() - (leftOpen.get(nameOf(key)) ?? Number.NEGATIVE_INFINITY) < LEFT_OPEN_MS;
  const sourceOf = (key: ObservationKey) =>
    isLeftToGraphQL(stockOf(key.gpuCount)) || isLeftOpen(key) ? graphql : rest;

  async function askRest<T>(question: string, ask: (source: SourceCatalog) => Promise<T>): Promise<T> {
    try {
      const answer = await ask(rest);
      unanswered.delete(question);
      if (isStock(question)) answeredAt.set(question, now());
      return answer;
    } catch (error) {
      if (isNoAnswer(error)) {
        unanswered.set(question, { at: now(), error });
        answeredAt.delete(question);
        // While it is down, what it answered before says nothing.
        if (isRestDown()) answeredAt.clear();
      }
      throw error;
    }
  }

  /** A question that the gateway has no room to ask, or that a client may not ask, says nothing about the API. */
  const isNoAnswer = (error: unknown): error is UpstreamError =>
    error instanceof UpstreamError &&
    !(error instanceof ClientLimitedError) &&
    (error.code !== 'NOT_ATTEMPTED' || isRestDown());

  /** Asks in place of the REST API, whose failure counts when this API turns out to be gone. */
  async function askInstead<T>(question: string, ask: (source: SourceCatalog) => Promise<T>): Promise<T> {
    const before = unanswered.get(question);
    try {
      return await ask(graphql);
    } catch (error) {
      throw error instanceof UpstreamGoneError && before !== undefined ? before.error : error;
    }
  }

  /** Finds out whether the REST API answers again, at no client's cost. Why it did not was reported where it was asked. */
  function tryRestInBackground<T>(question: string, ask: (source: SourceCatalog) => Promise<T>): void {
    const before = unanswered.get(question);
    if (before === undefined || now() - before.at < TRY_AGAIN_MS) return;
    unanswered.set(question, { ...before, at: now() });
    askRest(question, ask).catch(() => {});
  }

  const hasAnsweredStock = () => [...answeredAt.values()].some((at) => now() - at < ANSWERED_MS);

  const isServedByGraphQL = () => !isGone() && [...unanswered.keys()].some(isStock) && !hasAnsweredStock();

  const hasJustFailed = (question: string) => {
    const before = unanswered.get(question);
    return !isGone() && before !== undefined && now() - before.at < TRY_SOON_MS;
  };

  /** A list is one request, so the other API is asked at once when one fails. */
  function toList<Row>(question: string, ask: (source: SourceCatalog, demand: Demand) => Promise<Listing<Row>>) {
    return async (demand: Demand): Promise<Listing<Row>> => {
      const put = (source: SourceCatalog) => ask(source, demand);
      if (!isServedByGraphQL() && !hasJustFailed(question)) {
        try {
          return await askRest(question, put);
        } catch (error) {
          if (!isLeftToGraphQL(question)) throw error;
          return askInstead(question, put);
        }
      }
      try {
        return await askInstead(question, put);
      } catch (error) {
        if (error instanceof UpstreamError) return askRest(question, put);
        throw error;
      }
    };
  }

  /** Leaves out the GPU types that the REST API says nothing about, which the GraphQL API is asked for from now on. */
  function keepAnswered(observations: readonly Observation[]): readonly Observation[] {
    return observations.filter(({ gpuTypeId, gpuCount, cells }) => {
      const isOpen = cells.length > 0 && !cells.some(isObserved);
      const name = nameOf({ gpuType: { id: gpuTypeId }, gpuCount });
      if (isOpen) leftOpen.set(name, now());
      else leftOpen.delete(name);
      return !isOpen || isGone();
    });
  }

  return {
    gpuTypes: toList('GPU types', (source, demand) => source.gpuTypes(demand)),
    dataCenters: toList('data centers', (source, demand) => source.dataCenters(demand)),
    listCost: 2,
    batchOf: (key) => sourceOf(key).batchOf(key),
    costOf: (key) => (isGone() ? rest.costOf(key) : [...rest.costOf(key), ...graphql.costOf(key)]),
    async observe(request, demand) {
      const question = stockOf(request.gpuCount);
      if (!isLeftToGraphQL(question)) {
        if (isLeftOpen(request)) return graphql.observe(request, demand);
        return keepAnswered(await askRest(question, (source) => source.observe(request, demand)));
      }
      tryRestInBackground(question, (source) => source.observe(request, NOBODY_WAITS));
      try {
        return await askInstead(question, (source) => source.observe(request, demand));
      } catch (error) {
        // While it fails for other GPU types too, the REST API is no worse, and is asked next.
        const before = unanswered.get(question);
        const isOver = before !== undefined && now() - before.at >= TRY_SOON_MS;
        if (error instanceof UpstreamError && isOver && graphql.status().health === 'DOWN') unanswered.delete(question);
        throw error;
      }
    },
    supplementOf: (key) =>
      isGone() || sourceOf(key) === graphql ? null : { loadName: graphql.batchOf(key), observe: graphql.observe },
    status() {
      const [first, other] = isServedByGraphQL() ? [graphql, rest] : [rest, graphql];
      const status = first.status();
      return isGone() ? status : { ...status, sources: [...status.sources, ...other.status().sources] };
    },
  };
}

const stockOf = (gpuCount: number): string => `stock ${gpuCount}`;

const isStock = (question: string): boolean => question.startsWith('stock ');

const nameOf = ({ gpuType, gpuCount }: { readonly gpuType: { readonly id: string }; readonly gpuCount: number }) =>
  `${gpuCount} ${gpuType.id}`;
