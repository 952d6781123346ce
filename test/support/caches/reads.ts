import { setTimeout } from 'node:timers/promises';
import { FRESH_SECONDS, type startPricedWorld } from './priced-world.ts';

/** Asks through a cache, and returns the body. */
export type Ask = (
  query: string,
) => Promise<{ readonly data: { readonly gpuAvailability: { readonly nodes: readonly ReadRow[] } } }>;

/** With and without the time, so that the answers after a renewal are different or may be the same. */
const QUERIES = ['observedAt', ''].map(
  (time) => `{ gpuAvailability(gpuType: "L4") { nodes { stock stale onDemandPrice { perPod } ${time} } } }`,
);

interface ReadRow {
  readonly stale: boolean;
  readonly observedAt?: string;
  readonly onDemandPrice: { readonly perPod: number };
}

/** What was seen of a cache. */
export interface Seen {
  readonly reads: number;
  /** Reads that the gateway did not see. */
  readonly hits: number;
  /** By how much the oldest row that was shown as fresh was older than the gateway lets it be, in milliseconds. */
  readonly worstMs: number;
}

/** Clients at a time, and how long each one pauses between reads. */
const CLIENTS = 4;
const PAUSE_MS = 20;

/** How many renewals a run lasts, and how long when the cache lets none happen. */
const RENEWALS = 4;
const LONGEST_MS = 6 * FRESH_SECONDS * 1000;

/** Reads continually through a cache, and dates each row that is shown as fresh by its time and by its price. */
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
