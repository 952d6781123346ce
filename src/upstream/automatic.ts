import type { Demand, Listing, SourceCatalog } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { UpstreamError, UpstreamGoneError } from '../domain/errors.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../domain/observation.ts';
import { RestOutcomes, type RestOutcomesOptions, stockOf } from './rest-outcomes.ts';

/**
 * The two APIs of RunPod, and functions that report their state. The REST API is preferred, because one request to it covers all GPU types.
 */
export interface AutomaticOptions extends RestOutcomesOptions {
  /**
   * The GraphQL API. It adds spot prices and pod sizes to the answers of the REST API, and answers the queries that the REST API fails to
   * answer.
   */
  readonly graphql: SourceCatalog;
  /** Returns whether RunPod has retired the GraphQL API permanently (HTTP 410). */
  readonly isGone: () => boolean;
}

/**
 * How long to wait, in milliseconds, before retrying a failed stock query at the REST API. Until then, the GraphQL API answers the query.
 */
const TRY_AGAIN_MS = 30_000;

/**
 * The pause before a failed query for a list is sent to the REST API again, in milliseconds. While the GraphQL API fails too, this pause
 * also applies to queries for stock, instead of `TRY_AGAIN_MS`.
 */
const TRY_SOON_MS = 5000;

const IN_BACKGROUND: Demand = { signal: new AbortController().signal, awaited: false, clients: [GATEWAY] };

/**
 * Combines RunPod's two APIs into one catalog. At any time, only one of the APIs reports the stock of a cell. Normally this is the REST
 * API, and the GraphQL API adds spot prices and pod sizes. Lists come from the API that reports the stock.
 * If the REST API fails to answer a query, the gateway sends the query to the GraphQL API instead. In the background, it repeats the query
 * at the REST API. The gateway returns to the REST API when the REST API has answered, or when the GraphQL API fails too. If an answer of
 * the REST API lacks the stock of a GPU type, the gateway queries only the GraphQL API for that GPU type. If RunPod retires the GraphQL API
 * permanently, the gateway sends no more requests to it.
 */
export function createAutomaticCatalog(options: AutomaticOptions): SourceCatalog {
  const { rest, graphql, isGone } = options;
  const choice = new ApiChoice(options);
  return {
    gpuTypes: (demand) => readList(choice, 'GPU types', (source) => source.gpuTypes(demand)),
    dataCenters: (demand) => readList(choice, 'data centers', (source) => source.dataCenters(demand)),
    listCost: 2,
    batchOf: (key) => choice.sourceOf(key).batchOf(key),
    costOf: (key) => (isGone() ? rest.costOf(key) : [...rest.costOf(key), ...graphql.costOf(key)]),
    observe: (request, demand) => observe(choice, options, request, demand),
    supplementOf: (key) =>
      isGone() || choice.sourceOf(key) === graphql
        ? null
        : { loadName: graphql.batchOf(key), observe: graphql.observe },
    status() {
      const [first, other] = choice.isServedByGraphQL() ? [graphql, rest] : [rest, graphql];
      const status = first.status();
      return isGone() ? status : { ...status, sources: [...status.sources, ...other.status().sources] };
    },
  };
}

/** Decides which API answers a query, and sends the query to it. */
class ApiChoice {
  readonly outcomes: RestOutcomes;
  readonly #options: AutomaticOptions;

  constructor(options: AutomaticOptions) {
    this.#options = options;
    this.outcomes = new RestOutcomes(options);
  }

  isLeftToGraphQL(query: string): boolean {
    return !this.#options.isGone() && this.outcomes.errorOf(query) !== undefined;
  }

  isLeftOpen(key: ObservationKey): boolean {
    return !this.#options.isGone() && this.outcomes.isLeftOpen(key);
  }

  isServedByGraphQL(): boolean {
    return !this.#options.isGone() && this.outcomes.isFailingStock();
  }

  /** Returns the API that reports the stock of a GPU type. */
  sourceOf(key: ObservationKey): SourceCatalog {
    const { rest, graphql } = this.#options;
    return this.isLeftToGraphQL(stockOf(key.gpuCount)) || this.isLeftOpen(key) ? graphql : rest;
  }

  /**
   * Sends a query to the GraphQL API instead of the REST API. If the GraphQL API turns out to be retired, rejects with the error of the
   * REST API.
   */
  async askInstead<T>(query: string, read: (source: SourceCatalog) => Promise<T>): Promise<T> {
    const before = this.outcomes.errorOf(query);
    try {
      return await read(this.#options.graphql);
    } catch (error) {
      throw error instanceof UpstreamGoneError && before !== undefined ? before : error;
    }
  }

  /**
   * Sends a failed query to the REST API again, in the background and without charging a client. Errors are ignored, because each attempt
   * reports its own error.
   */
  tryRestInBackground<T>(query: string, read: (source: SourceCatalog) => Promise<T>): void {
    if (this.outcomes.hasFailedWithin(query, TRY_AGAIN_MS)) return;
    this.outcomes.askedAgain(query);
    this.outcomes.ask(query, read).catch(() => {});
  }
}

/** Reads a list from one API. If this fails, reads it from the other API at once. This is cheap, because a list costs only one request. */
async function readList<Row>(
  choice: ApiChoice,
  query: string,
  read: (source: SourceCatalog) => Promise<Listing<Row>>,
): Promise<Listing<Row>> {
  const hasJustFailed = choice.isLeftToGraphQL(query) && choice.outcomes.hasFailedWithin(query, TRY_SOON_MS);
  if (!choice.isServedByGraphQL() && !hasJustFailed) {
    try {
      return await choice.outcomes.ask(query, read);
    } catch (error) {
      if (!choice.isLeftToGraphQL(query)) throw error;
      return choice.askInstead(query, read);
    }
  }
  try {
    return await choice.askInstead(query, read);
  } catch (error) {
    if (error instanceof UpstreamError) return choice.outcomes.ask(query, read);
    throw error;
  }
}

/**
 * Requests observations from whichever API reports the stock. Omits GPU types whose stock is missing from the REST API's answer, because
 * the GraphQL API will answer for them. If the GraphQL API has been retired, omits nothing.
 */
async function observe(
  choice: ApiChoice,
  { graphql, isGone }: AutomaticOptions,
  request: ObservationRequest,
  demand: Demand,
): Promise<readonly Observation[]> {
  const { outcomes } = choice;
  const query = stockOf(request.gpuCount);
  if (!choice.isLeftToGraphQL(query)) {
    if (choice.isLeftOpen(request)) return graphql.observe(request, demand);
    const observations = await outcomes.ask(query, (source) => source.observe(request, demand));
    return observations.filter((observation) => !outcomes.recordStock(observation) || isGone());
  }
  choice.tryRestInBackground(query, (source) => source.observe(request, IN_BACKGROUND));
  try {
    return await choice.askInstead(query, (source) => source.observe(request, demand));
  } catch (error) {
    // While the whole GraphQL API is down, it cannot stand in for the REST API. So the recorded failure of the REST API for this query is
    // removed, and the next request for it goes to the REST API again.
    const isOver = !outcomes.hasFailedWithin(query, TRY_SOON_MS);
    if (error instanceof UpstreamError && isOver && graphql.status().health === 'DOWN') outcomes.forget(query);
    throw error;
  }
}
