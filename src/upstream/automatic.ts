import type { Demand, Listing, SourceCatalog } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { UpstreamError, UpstreamGoneError } from '../domain/errors.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../domain/observation.ts';
import { RestOutcomes, type RestOutcomesOptions, stockOf } from './rest-outcomes.ts';

/** The two APIs of RunPod, and what is known of their state. `rest` is preferred: one request to it covers all GPU types. */
export interface AutomaticOptions extends RestOutcomesOptions {
  /** Adds spot prices and pod sizes, and answers everything while the REST API does not. */
  readonly graphql: SourceCatalog;
  /** Whether the GraphQL API answered that it is gone for good. */
  readonly isGone: () => boolean;
}

/** How long to wait, in milliseconds, before asking the REST API a question again that it failed to answer. */
const TRY_AGAIN_MS = 30_000;

/** The same wait for lists, and for all questions while the GraphQL API fails too. */
const TRY_SOON_MS = 5000;

const IN_BACKGROUND: Demand = { signal: new AbortController().signal, awaited: false, clients: [GATEWAY] };

/**
 * Combines RunPod's two APIs into one catalog. Only one of them at a time reports the stock of a cell.
 * Normally that is the REST API, and the GraphQL API adds to its answers. When the REST API fails to answer a question, that question goes
 * to the GraphQL API. It returns to the REST API when the REST API has answered it again, which is tried in the background, or when both
 * APIs fail. A GPU type whose stock the REST API leaves open goes to the GraphQL API only. Lists come from the API that reports stock. Once
 * the GraphQL API answers that it is gone, it receives no more requests.
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

/** Decides which API answers a question, and asks it. */
class ApiChoice {
  readonly outcomes: RestOutcomes;
  readonly #options: AutomaticOptions;

  constructor(options: AutomaticOptions) {
    this.#options = options;
    this.outcomes = new RestOutcomes(options);
  }

  isLeftToGraphQL(question: string): boolean {
    return !this.#options.isGone() && this.outcomes.errorOf(question) !== undefined;
  }

  isLeftOpen(key: ObservationKey): boolean {
    return !this.#options.isGone() && this.outcomes.isLeftOpen(key);
  }

  isServedByGraphQL(): boolean {
    return !this.#options.isGone() && this.outcomes.isFailingStock();
  }

  /** The API that reports the stock of a GPU type. */
  sourceOf(key: ObservationKey): SourceCatalog {
    const { rest, graphql } = this.#options;
    return this.isLeftToGraphQL(stockOf(key.gpuCount)) || this.isLeftOpen(key) ? graphql : rest;
  }

  /** Asks the GraphQL API instead of the REST API. If the GraphQL API turns out to be gone, rejects with the REST API's error. */
  async askInstead<T>(question: string, read: (source: SourceCatalog) => Promise<T>): Promise<T> {
    const before = this.outcomes.errorOf(question);
    try {
      return await read(this.#options.graphql);
    } catch (error) {
      throw error instanceof UpstreamGoneError && before !== undefined ? before : error;
    }
  }

  /**
   * Checks in the background whether the REST API answers a failed question again, without charging a client. Errors are ignored here
   * because each attempt reports its own.
   */
  tryRestInBackground<T>(question: string, read: (source: SourceCatalog) => Promise<T>): void {
    if (this.outcomes.errorOf(question) === undefined || this.outcomes.hasFailedWithin(question, TRY_AGAIN_MS)) return;
    this.outcomes.askedAgain(question);
    this.outcomes.ask(question, read).catch(() => {});
  }
}

/** Reads a list from one API, and at once from the other if that fails. This is cheap because a list is one request. */
async function readList<Row>(
  choice: ApiChoice,
  question: string,
  read: (source: SourceCatalog) => Promise<Listing<Row>>,
): Promise<Listing<Row>> {
  const hasJustFailed = choice.isLeftToGraphQL(question) && choice.outcomes.hasFailedWithin(question, TRY_SOON_MS);
  if (!choice.isServedByGraphQL() && !hasJustFailed) {
    try {
      return await choice.outcomes.ask(question, read);
    } catch (error) {
      if (!choice.isLeftToGraphQL(question)) throw error;
      return choice.askInstead(question, read);
    }
  }
  try {
    return await choice.askInstead(question, read);
  } catch (error) {
    if (error instanceof UpstreamError) return choice.outcomes.ask(question, read);
    throw error;
  }
}

/** Observes from the API that reports the stock. A GPU type whose stock the REST API left open has no observation. */
async function observe(
  choice: ApiChoice,
  { graphql, isGone }: AutomaticOptions,
  request: ObservationRequest,
  demand: Demand,
): Promise<readonly Observation[]> {
  const { outcomes } = choice;
  const question = stockOf(request.gpuCount);
  if (!choice.isLeftToGraphQL(question)) {
    if (choice.isLeftOpen(request)) return graphql.observe(request, demand);
    const observations = await outcomes.ask(question, (source) => source.observe(request, demand));
    return observations.filter((observation) => !outcomes.recordStock(observation) || isGone());
  }
  choice.tryRestInBackground(question, (source) => source.observe(request, IN_BACKGROUND));
  try {
    return await choice.askInstead(question, (source) => source.observe(request, demand));
  } catch (error) {
    // The GraphQL API is down, so it fails for other GPU types too. The REST API cannot be worse, and is asked next.
    const isOver = !outcomes.hasFailedWithin(question, TRY_SOON_MS);
    if (error instanceof UpstreamError && isOver && graphql.status().health === 'DOWN') outcomes.forget(question);
    throw error;
  }
}
