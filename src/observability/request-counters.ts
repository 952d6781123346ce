import { Counter, Histogram, type Registry } from 'prom-client';
import type { ReadResult } from '../cache/renewable.ts';

/** Counts what clients request: reads of the cache, responses with their durations, and refusals. */
export interface RequestCounters {
  /** The histogram of request durations. A plugin adds the durations of the requests that Yoga answers. */
  readonly durations: Histogram<'operationType' | 'statusCode'>;
  readonly countRead: (result: ReadResult, reads: number) => void;
  /**
   * Counts a response that was sent without Yoga: its status, whether it was a finished response from memory, and its duration in
   * seconds.
   */
  readonly countAnswer: (status: number, isFromStore: boolean, seconds: number) => void;
  /**
   * Counts a connection that was closed because its client had too much unread data. `limit` is the exceeded limit: for one client, or for
   * all.
   */
  readonly countCut: (limit: 'client' | 'all') => void;
  /**
   * Counts a large response that was refused. `shortage` is the reason: too much unread data of the client, too little memory (`room`), or
   * too little CPU time (`time`).
   */
  readonly countRefusal: (shortage: 'client' | 'room' | 'time') => void;
}

const NO_READS: Readonly<Record<ReadResult, number>> = { fresh: 0, stale: 0, miss: 0 };

/** Creates the counters in `registry`. */
export function createRequestCounters(registry: Registry): RequestCounters {
  const registers = [registry];
  // The reads since the last collection. They are counted in plain numbers, because one request can cause dozens of reads, and calling the
  // counter costs a hundred times as much as adding to a number.
  const readsBy = { ...NO_READS };
  const reads: Counter = new Counter({
    name: 'gpu_gateway_cache_reads_total',
    help: 'Reads of the cache: answered fresh, answered stale while a newer answer is fetched, or missed',
    labelNames: ['result'],
    registers,
    collect() {
      for (const [result, count] of Object.entries(readsBy)) reads.inc({ result }, count);
      Object.assign(readsBy, NO_READS);
    },
  });
  // The number of finished responses since the last collection.
  let fromStore = 0;
  const readyAnswers: Counter = new Counter({
    name: 'gpu_gateway_ready_answers_total',
    help: 'Requests that were answered with a finished response from memory, made from the same observations',
    registers,
    collect() {
      readyAnswers.inc(fromStore);
      fromStore = 0;
    },
  });
  const cuts = new Counter({
    name: 'gpu_gateway_unread_cuts_total',
    help: 'Connections that were closed because clients had too much unread data, by the limit that was exceeded: of one client, or of all',
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
  const durations = new Histogram({
    name: 'graphql_yoga_http_duration',
    help: 'Time spent on HTTP connection, in seconds',
    labelNames: ['operationType', 'statusCode'],
    registers,
  });
  return {
    durations,
    countRead(result, count) {
      readsBy[result] += count;
    },
    countAnswer(statusCode, isFromStore, tookSeconds) {
      if (isFromStore) fromStore += 1;
      durations.observe({ operationType: 'query', statusCode }, tookSeconds);
    },
    countCut: (limit) => cuts.inc({ limit }),
    countRefusal: (shortage) => refusals.inc({ shortage }),
  };
}
