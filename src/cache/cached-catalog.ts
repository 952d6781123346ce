import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import type { Catalog } from '../domain/catalog.ts';
import type { Observation } from '../domain/observation.ts';

/** How long answers are kept. */
export interface CacheOptions {
  /** Observations, in seconds. */
  readonly freshSeconds: number;
  /** Lists of GPU types and data centers, in seconds. */
  readonly discoverySeconds: number;
}

/** One question to the source, under a key of its own. */
interface Load<T> {
  readonly key: string;
  readonly seconds: number;
  readonly load: () => Promise<T>;
  /** Whether a kept answer still answers the question; always, unless told otherwise. */
  readonly answers?: (kept: T) => boolean;
  /** Whether an answer may be kept; always, unless told otherwise. */
  readonly mayKeep?: (loaded: T) => boolean;
}

/**
 * Keeps the answers of `inner` in memory. Each is loaded once, however many ask for it at the same time; when that one load
 * fails, it fails for all who wait, and nothing is kept. An observation is kept only when all its cells are known, and is
 * made anew when it does not hold a data center that is asked for.
 */
export function createCachedCatalog(inner: Catalog, { freshSeconds, discoverySeconds }: CacheOptions): Catalog {
  const cache = new BentoCache({
    default: 'memory',
    stores: { memory: bentostore().useL1Layer(memoryDriver({ maxItems: 10_000, serialize: false })) },
  });
  const running = new Map<string, Promise<unknown>>();

  /** bentocache's own `getOrSet` lets those who wait load again, one after the other, when the first load fails. */
  function once<T>(question: Load<T>): Promise<T> {
    const joined = running.get(question.key) as Promise<T> | undefined;
    if (joined !== undefined) return joined;
    const started = read(question).finally(() => running.delete(question.key));
    running.set(question.key, started);
    return started;
  }

  async function read<T>({ key, seconds, load, answers = () => true, mayKeep = () => true }: Load<T>): Promise<T> {
    const kept = await cache.get<T>({ key });
    if (kept !== undefined && answers(kept)) return kept;
    const loaded = await load();
    if (mayKeep(loaded)) await cache.set({ key, value: loaded, ttl: seconds * 1000 });
    return loaded;
  }

  return {
    ...inner,
    gpuTypes: () => once({ key: 'v1:gpuTypes', seconds: discoverySeconds, load: () => inner.gpuTypes() }),
    dataCenters: () => once({ key: 'v1:dataCenters', seconds: discoverySeconds, load: () => inner.dataCenters() }),
    observe: (request) =>
      once<Observation>({
        key: `v1:observation:${request.gpuCount}:${request.gpuType.id}`,
        seconds: freshSeconds,
        load: () => inner.observe(request),
        answers: ({ cells }) => {
          const ids = new Set(cells.map(({ dataCenterId }) => dataCenterId));
          return request.dataCenters.every(({ id }) => ids.has(id));
        },
        mayKeep: ({ cells }) => cells.every(({ failure }) => failure === null),
      }),
  };
}
