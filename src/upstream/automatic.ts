import type { Demand, Listing, SourceCatalog } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { ClientLimitedError, UpstreamError, UpstreamGoneError } from '../domain/errors.ts';
import { isObserved, type Observation, type ObservationKey } from '../domain/observation.ts';

/** The two APIs of RunPod, and what is known of their state. */
export interface AutomaticOptions {
  /** The preferred API: one request to it covers all GPU types. */
  readonly rest: SourceCatalog;
  /** Whether the circuit breaker of the REST API is not closed, so that requests to it are not even sent. */
  readonly isRestDown: () => boolean;
  /** Adds spot prices and pod sizes, and answers everything while the REST API does not. */
  readonly graphql: SourceCatalog;
  /** Whether the GraphQL API answered that it is gone for good. */
  readonly isGone: () => boolean;
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
}

/** How long to wait, in milliseconds, before asking the REST API a question again that it failed to answer. */
const TRY_AGAIN_MS = 30_000;

/** The same wait for lists, and for all questions while the GraphQL API fails too. */
const TRY_SOON_MS = 5000;

/**
 * How long the GraphQL API answers for a GPU type whose stock the REST API left open, in milliseconds. Ends earlier when the REST API
 * reports that stock.
 */
const LEFT_OPEN_MS = 300_000;

/** How long one answer of the REST API about stock proves that it works, in milliseconds. */
const ANSWERED_MS = 300_000;

const NOBODY_WAITS: Demand = { signal: new AbortController().signal, awaited: false, clients: [GATEWAY] };

interface NoAnswer {
  /** When the question was last asked, on the scale of `now`. */
  readonly at: number;
  readonly error: UpstreamError;
}

/**
 * Combines RunPod's two APIs into one catalog. Only one of them at a time reports the stock of a cell.
 * Normally that is the REST API, and the GraphQL API adds to its answers. When the REST API fails to answer a question, that question goes
 * to the GraphQL API. It returns to the REST API when the REST API has answered it again, which is tried in the background, or when both
 * APIs fail. A GPU type whose stock the REST API leaves open goes to the GraphQL API only. Lists come from the API that reports stock. Once
 * the GraphQL API answers that it is gone, it receives no more requests.
 */
export function createAutomaticCatalog({ rest, isRestDown, graphql, isGone, now }: AutomaticOptions): SourceCatalog {
  /** Questions that the REST API failed to answer when it was last asked. */
  const unanswered = new Map<string, NoAnswer>();
  /** When the REST API last answered each question about stock. */
  const answeredAt = new Map<string, number>();
  /** GPU types and pod sizes whose stock the REST API left open when it was last asked, and when that was. */
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
        // While the whole API is down, earlier answers no longer prove that it works.
        if (isRestDown()) answeredAt.clear();
      }
      throw error;
    }
  }

  /** Whether an error shows that the REST API did not answer. An error about the gateway's own queue or a client's budget does not. */
  const isNoAnswer = (error: unknown): error is UpstreamError =>
    error instanceof UpstreamError &&
    !(error instanceof ClientLimitedError) &&
    (error.code !== 'NOT_ATTEMPTED' || isRestDown());

  /** Asks the GraphQL API instead of the REST API. If the GraphQL API turns out to be gone, rejects with the REST API's error. */
  async function askInstead<T>(question: string, ask: (source: SourceCatalog) => Promise<T>): Promise<T> {
    const before = unanswered.get(question);
    try {
      return await ask(graphql);
    } catch (error) {
      throw error instanceof UpstreamGoneError && before !== undefined ? before.error : error;
    }
  }

  /**
   * Checks in the background whether the REST API answers again, without charging a client. Errors are ignored here because each attempt
   * reports its own.
   */
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

  /** Reads a list from one API, and at once from the other if that fails. This is cheap because a list is one request. */
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

  /** Drops GPU types whose stock the REST API left open. From now on the GraphQL API answers for them. */
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
        // The GraphQL API is down, so it fails for other GPU types too. The REST API cannot be worse, and is asked next.
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
