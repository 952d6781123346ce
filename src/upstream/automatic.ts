import type { Demand, SourceCatalog } from '../domain/catalog.ts';
import { UpstreamError, UpstreamGoneError } from '../domain/errors.ts';
import type { ObservationKey } from '../domain/observation.ts';

/** What to choose among. */
export interface AutomaticOptions {
  /** Preferred: it tells much by one request. */
  readonly rest: SourceCatalog;
  /** Whether requests to it are not even made, because it fails as a whole. */
  readonly isRestDown: () => boolean;
  /** Tells spot prices and pod sizes besides, and everything while the other does not answer. */
  readonly graphql: SourceCatalog;
  /** Whether it has said that it is gone for good. */
  readonly isGone: () => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How long after a question to the REST API that failed the same is put to it again, in milliseconds. */
const TRY_AGAIN_MS = 30_000;

/** The same while the GraphQL API does not answer either. */
const TRY_SOON_MS = 5000;

const NOBODY_WAITS: Demand = { signal: new AbortController().signal, awaited: false };

interface NoAnswer {
  /** When the question was last put, in milliseconds since 1970. */
  readonly at: number;
  readonly error: UpstreamError;
}

/**
 * RunPod's two APIs as one catalog. The REST API is asked, and what it does not tell is supplemented by the GraphQL API. A
 * question that the REST API does not answer is put to the GraphQL API from then on, until the REST API has answered that very
 * question, which is tried behind, or neither answers. Once the GraphQL API says that it is gone, it is not asked any more.
 */
export function createAutomaticCatalog({ rest, isRestDown, graphql, isGone, now }: AutomaticOptions): SourceCatalog {
  /** Questions that the REST API last did not answer, and those that it did. */
  const unanswered = new Map<string, NoAnswer>();
  const answered = new Set<string>();

  const isLeftToGraphQL = (question: string) => !isGone() && unanswered.has(question);
  const sourceOf = ({ gpuCount }: ObservationKey) => (isLeftToGraphQL(stockOf(gpuCount)) ? graphql : rest);

  async function askRest<T>(question: string, ask: (source: SourceCatalog) => Promise<T>): Promise<T> {
    try {
      const answer = await ask(rest);
      unanswered.delete(question);
      answered.add(question);
      return answer;
    } catch (error) {
      if (isNoAnswer(error)) {
        unanswered.set(question, { at: now(), error });
        answered.delete(question);
      }
      throw error;
    }
  }

  /** What is not asked for want of room says nothing of the API. */
  const isNoAnswer = (error: unknown): error is UpstreamError =>
    error instanceof UpstreamError && (error.code !== 'NOT_ATTEMPTED' || isRestDown());

  /** Asks in place of the REST API, whose failure counts when this API turns out to be gone. */
  async function askInstead<T>(question: string, ask: (source: SourceCatalog) => Promise<T>): Promise<T> {
    const before = unanswered.get(question);
    try {
      return await ask(graphql);
    } catch (error) {
      throw error instanceof UpstreamGoneError && before !== undefined ? before.error : error;
    }
  }

  /** Finds out whether the REST API answers again. Why not was reported where it was asked. */
  function tryRestBehind<T>(question: string, ask: (source: SourceCatalog, demand: Demand) => Promise<T>): void {
    const before = unanswered.get(question);
    if (before === undefined || now() - before.at < TRY_AGAIN_MS) return;
    unanswered.set(question, { ...before, at: now() });
    askRest(question, (source) => ask(source, NOBODY_WAITS)).catch(() => {});
  }

  /** A list is one request, so that it is asked for elsewhere at once. */
  function toList<T>(question: string, ask: (source: SourceCatalog, demand: Demand) => Promise<T>) {
    return async (demand: Demand): Promise<T> => {
      const put = (source: SourceCatalog) => ask(source, demand);
      if (!isLeftToGraphQL(question)) {
        try {
          return await askRest(question, put);
        } catch (error) {
          if (!isLeftToGraphQL(question)) throw error;
          return askInstead(question, put);
        }
      }
      tryRestBehind(question, ask);
      try {
        return await askInstead(question, put);
      } catch (error) {
        if (error instanceof UpstreamError) return askRest(question, put);
        throw error;
      }
    };
  }

  const isServedByGraphQL = () => [...unanswered.keys()].some(isStock) && ![...answered].some(isStock);

  return {
    gpuTypes: toList('GPU types', (source, demand) => source.gpuTypes(demand)),
    dataCenters: toList('data centers', (source, demand) => source.dataCenters(demand)),
    listCost: 2,
    batchOf: (key) => sourceOf(key).batchOf(key),
    costOf: (key) => (isGone() ? rest.costOf(key) : [...rest.costOf(key), ...graphql.costOf(key)]),
    async observe(request, demand) {
      const question = stockOf(request.gpuCount);
      if (!isLeftToGraphQL(question)) return askRest(question, (source) => source.observe(request, demand));
      tryRestBehind(question, (source, behind) => source.observe(request, behind));
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
      const told = (isGone() ? rest : first).status();
      return isGone() ? told : { ...told, sources: [...told.sources, ...other.status().sources] };
    },
  };
}

const stockOf = (gpuCount: number): string => `stock ${gpuCount}`;

const isStock = (question: string): boolean => question.startsWith('stock ');
