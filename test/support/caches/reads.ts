import { setTimeout } from 'node:timers/promises';
import { FRESH_SECONDS, type startPricedWorld } from './priced-world.ts';

/** Sends a query through a cache. Resolves to the body of the response. */
export type Ask = (
  query: string,
) => Promise<{ readonly data: { readonly gpuAvailability: { readonly nodes: readonly ReadRow[] } } }>;

/**
 * Two queries. The first query selects `observedAt`, so its answer changes with every renewal. The answer to the second query changes only
 * when stock or prices change.
 */
const QUERIES = ['observedAt', ''].map(
  (time) => `{ gpuAvailability(gpuType: "L4") { nodes { stock stale onDemandPrice { perPod } ${time} } } }`,
);

interface ReadRow {
  readonly stale: boolean;
  readonly observedAt?: string;
  readonly onDemandPrice: { readonly perPod: number };
}

/** The results of reads through a cache. */
export interface Seen {
  readonly reads: number;
  /** The number of reads that did not reach the gateway. */
  readonly hits: number;
  /**
   * By how many milliseconds the oldest row that was marked fresh was older than the freshness time. Negative if no such row was too old.
   */
  readonly worstMs: number;
}

/** The number of clients that read at the same time. */
const CLIENTS = 4;

/** The pause of each client between two reads, in milliseconds. */
const PAUSE_MS = 20;

/** The number of renewals (price requests to RunPod) after which a run ends. */
const RENEWALS = 4;

/** The maximum duration of a run, in milliseconds. A run takes so long only if the cache prevents renewals. */
const LONGEST_MS = 6 * FRESH_SECONDS * 1000;

/**
 * Reads through a cache continuously for one run. Determines the age of each row that is marked fresh, by its `observedAt` and its price.
 */
export async function readThrough(ask: Ask, world: Awaited<ReturnType<typeof startPricedWorld>>): Promise<Seen> {
  const before = { requests: world.requests(), renewals: world.renewals() };
  const end = Date.now() + LONGEST_MS;
  const isOver = () => world.renewals() >= before.renewals + RENEWALS || Date.now() > end;
  let reads = 0;
  let worstMs = Number.NEGATIVE_INFINITY;

  async function read(query: string): Promise<void> {
    const sentAt = Date.now();
    const { data } = await ask(query);
    reads += 1;
    for (const { stale, observedAt, onDemandPrice } of data.gpuAvailability.nodes) {
      if (stale) continue;
      const trueAt = Math.min(world.endOf(onDemandPrice.perPod), Date.parse(observedAt ?? '9999-12-31'));
      worstMs = Math.max(worstMs, sentAt - trueAt - FRESH_SECONDS * 1000);
    }
  }
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, index) => {
      const query = QUERIES[index % QUERIES.length] ?? '';
      while (!isOver()) {
        await read(query);
        await setTimeout(PAUSE_MS);
      }
    }),
  );
  return { reads, hits: reads - (world.requests() - before.requests), worstMs };
}
