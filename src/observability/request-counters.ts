import { Counter, type Registry } from 'prom-client';
import type { ReadResult } from '../cache/renewable.ts';

/** Counts reads of the cache, closed connections of slow clients, and large responses that were refused. */
export interface RequestCounters {
  readonly countRead: (result: ReadResult, reads: number) => void;
  /**
   * Counts a connection that was closed because its client had too much unread data. `limit` is the exceeded limit: the limit of one
   * client, or of all clients together.
   */
  readonly countCut: (limit: 'client' | 'all') => void;
  /**
   * Counts a large response that was refused. `shortage` is the reason: the client has too much unread data (`client`), or the gateway
   * lacks memory (`room`) or CPU time (`time`).
   */
  readonly countRefusal: (shortage: 'client' | 'room' | 'time') => void;
}

const NO_READS: Readonly<Record<ReadResult, number>> = { fresh: 0, stale: 0, miss: 0 };

/** Creates the counters in `registry`. */
export function createRequestCounters(registry: Registry): RequestCounters {
  const registers = [registry];
  // The number of reads since the last collection of metrics, by result. One request can cause dozens of reads, and a call of the counter
  // would cost a hundred times as much as adding to a plain number.
  const readsBy = { ...NO_READS };
  const reads: Counter = new Counter({
    name: 'gpu_gateway_cache_reads_total',
    help: 'Reads of the cache, by result: fresh, stale (a newer answer is fetched in the background), or miss',
    labelNames: ['result'],
    registers,
    collect() {
      for (const [result, count] of Object.entries(readsBy)) reads.inc({ result }, count);
      Object.assign(readsBy, NO_READS);
    },
  });
  const cuts = new Counter({
    name: 'gpu_gateway_unread_cuts_total',
    help: 'Connections that were closed because clients had too much unread data, by the exceeded limit: the limit of one client, or of all clients',
    labelNames: ['limit'],
    registers,
  });
  for (const limit of ['client', 'all']) cuts.inc({ limit }, 0);
  const refusals = new Counter({
    name: 'gpu_gateway_overload_refusals_total',
    help: 'Large responses that were refused: their client had too much unread data, or the gateway lacked memory or CPU time',
    labelNames: ['shortage'],
    registers,
  });
  for (const shortage of ['client', 'room', 'time']) refusals.inc({ shortage }, 0);
  return {
    countRead(result, count) {
      readsBy[result] += count;
    },
    countCut: (limit) => cuts.inc({ limit }),
    countRefusal: (shortage) => refusals.inc({ shortage }),
  };
}
