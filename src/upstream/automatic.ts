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
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How long after a question to the REST API that failed the same is put to it again, in milliseconds. */
const TRY_AGAIN_MS = 30_000;

const NOBODY_WAITS: Demand = { signal: new AbortController().signal, awaited: false };

/**
 * RunPod's two APIs as one catalog. The REST API is asked, and what it does not tell is supplemented by the GraphQL API. A
 * question that the REST API does not answer is put to the GraphQL API from then on, until the REST API has answered that very
 * question; it is tried behind. Once the GraphQL API says that it is gone, it is not asked any more.
 */
export function createAutomaticCatalog({ rest, isRestDown, graphql, now }: AutomaticOptions): SourceCatalog {
  /** Questions that the REST API last did not answer, and when each was last put to it, in milliseconds since 1970. */
  const unanswered = new Map<string, number>();
  let gone: UpstreamGoneError | null = null;
  let latest = rest;

  const isLeftToGraphQL = (question: string) => gone === null && unanswered.has(question);
  const sourceOf = ({ gpuCount }: ObservationKey) => (isLeftToGraphQL(stockOf(gpuCount)) ? graphql : rest);

  async function askRest<T>(question: string, ask: (source: SourceCatalog) => Promise<T>): Promise<T> {
    try {
      const answer = await ask(rest);
      unanswered.delete(question);
      return answer;
    } catch (error) {
      if (isNoAnswer(error)) unanswered.set(question, now());
      throw error;
    }
  }

  /** What is not asked for want of room or of quota says nothing of the API. */
  const isNoAnswer = (error: unknown): boolean =>
    error instanceof UpstreamError && (error.code !== 'NOT_ATTEMPTED' || isRestDown());

  async function askGraphQL<T>(ask: (source: SourceCatalog) => Promise<T>): Promise<T> {
    // What was wanted before it was known.
    if (gone !== null) throw gone;
    try {
      return await ask(graphql);
    } catch (error) {
      if (error instanceof UpstreamGoneError) gone = error;
      throw error;
    }
  }

  /** Finds out whether the REST API answers again. Why not was reported where it was asked. */
  function tryRestBehind<T>(question: string, ask: (source: SourceCatalog, demand: Demand) => Promise<T>): void {
    if (now() - (unanswered.get(question) ?? 0) < TRY_AGAIN_MS) return;
    unanswered.set(question, now());
    askRest(question, (source) => ask(source, NOBODY_WAITS)).catch(() => {});
  }

  /** A list is one request, so that it is asked for elsewhere at once. */
  function toList<T>(question: string, ask: (source: SourceCatalog, demand: Demand) => Promise<T>) {
    return async (demand: Demand): Promise<T> => {
      const put = (source: SourceCatalog) => ask(source, demand);
      const isLeft = isLeftToGraphQL(question);
      if (isLeft) tryRestBehind(question, ask);
      try {
        return await (isLeft ? askGraphQL(put) : askRest(question, put));
      } catch (error) {
        if (isLeft === isLeftToGraphQL(question) || !(error instanceof UpstreamError)) throw error;
        if (isLeft) return askRest(question, put);
        return askGraphQL(put).catch((later: unknown) => {
          throw later instanceof UpstreamGoneError ? error : later;
        });
      }
    };
  }

  return {
    gpuTypes: toList('GPU types', (source, demand) => source.gpuTypes(demand)),
    dataCenters: toList('data centers', (source, demand) => source.dataCenters(demand)),
    batchOf: (key) => sourceOf(key).batchOf(key),
    costOf: (key) => (gone !== null ? rest.costOf(key) : [...rest.costOf(key), ...graphql.costOf(key)]),
    async observe(request, demand) {
      const question = stockOf(request.gpuCount);
      const source = sourceOf(request);
      if (source === graphql) tryRestBehind(question, (other, behind) => other.observe(request, behind));
      const told =
        source === graphql
          ? await askGraphQL((other) => other.observe(request, demand))
          : await askRest(question, (other) => other.observe(request, demand));
      latest = source;
      return told;
    },
    supplementOf: (key) =>
      gone !== null || sourceOf(key) === graphql
        ? null
        : (request, demand) => askGraphQL((source) => source.observe(request, demand)),
    status() {
      const inUse = gone === null ? [latest, latest === rest ? graphql : rest] : [rest];
      return {
        ...(gone === null ? latest : rest).status(),
        sources: inUse.flatMap((source) => source.status().sources),
      };
    },
  };
}

const stockOf = (gpuCount: number): string => `stock ${gpuCount}`;
