import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type Cell, isObserved, type UpstreamSource } from '../domain/observation.ts';
import type { AttemptReport } from '../upstream/request/source-request.ts';

/** Counts requests to RunPod, and problems with its answers. */
export interface UpstreamCounters {
  readonly countAttempt: (source: UpstreamSource, report: AttemptReport) => void;
  readonly countPricedWithoutStock: () => void;
  /** Counts a request to RunPod that was not sent because the client has used up its limit of requests per minute. */
  readonly countClientRefusal: () => void;
  /**
   * Compares what RunPod's two APIs report about a cell (one GPU type in one data center). Counts the cell if only one API reports stock.
   */
  readonly countSupplemented: (cell: Cell, added: Cell) => void;
}

/** RunPod's two APIs, which may disagree about the stock of a cell. */
const DISAGREEING: readonly UpstreamSource[] = ['RUNPOD_REST', 'RUNPOD_GRAPHQL'];

/** Creates the counters in `registry`. */
export function createUpstreamCounters(registry: Registry): UpstreamCounters {
  const registers = [registry];
  const attempts = new Counter({
    name: 'gpu_gateway_upstream_attempts_total',
    help: 'HTTP requests to RunPod that ended, by API, operation and outcome: complete, incomplete, yielded, or the failure code',
    labelNames: ['source', 'operation', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'gpu_gateway_upstream_attempt_duration_seconds',
    help: 'Time from sending a request to RunPod to the last byte of its answer, or to its failure',
    labelNames: ['source', 'operation'],
    buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  });
  const lastSuccess = new Gauge({
    name: 'gpu_gateway_upstream_last_success_timestamp_seconds',
    help: 'Unix time at which an API of RunPod last answered a request',
    labelNames: ['source'],
    registers,
  });
  const pricedWithoutStock = new Counter({
    name: 'gpu_gateway_priced_without_stock_total',
    help: 'Cells for which RunPod quoted a price but reported no stock; their stock is shown as NONE',
    registers,
  });
  const clientRefusals = new Counter({
    name: 'gpu_gateway_client_budget_refusals_total',
    help: 'Answers that were not requested from RunPod, because the client had already caused CLIENT_UPSTREAM_PER_MINUTE requests; known answers are served, other cells fail',
    registers,
  });
  const disagreements = new Counter({
    name: 'gpu_gateway_disagreements_total',
    help: 'Cells that only one API of RunPod reports in stock, by this API; the gateway uses the stock of the REST API',
    labelNames: ['in_stock_by'],
    registers,
  });
  for (const api of DISAGREEING) disagreements.inc({ in_stock_by: api.toLowerCase() }, 0);
  return {
    countAttempt(api, { operation, outcome, durationMs }) {
      const source = api.toLowerCase();
      attempts.inc({ source, operation, outcome: outcome.toLowerCase() });
      seconds.observe({ source, operation }, durationMs / 1000);
      if (outcome === 'COMPLETE' || outcome === 'INCOMPLETE') lastSuccess.setToCurrentTime({ source });
    },
    countPricedWithoutStock: () => pricedWithoutStock.inc(),
    countClientRefusal: () => clientRefusals.inc(),
    countSupplemented(cell, added) {
      if (!isObserved(cell) || !isObserved(added) || cell.available === added.available) return;
      const { source } = cell.available ? cell : added;
      disagreements.inc({ in_stock_by: source.toLowerCase() });
    },
  };
}
