import { Counter, Histogram, type Registry } from 'prom-client';
import { type Cell, isObserved, type UpstreamSource } from '../domain/observation.ts';
import type { AttemptReport } from '../upstream/request/source-request.ts';

/** Counts requests to RunPod, and problems with its answers. */
export interface UpstreamCounters {
  readonly countAttempt: (source: UpstreamSource, report: AttemptReport) => void;
  readonly countPricedWithoutStock: () => void;
  /** Counts an answer that was not requested from RunPod because the client had used up its budget. */
  readonly countClientRefusal: () => void;
  /** Counts a cell if the two APIs disagree about it: only one of them reports the cell in stock. */
  readonly countSupplemented: (cell: Cell, added: Cell) => void;
}

/** The APIs that may disagree about a cell. */
const DISAGREEING: readonly UpstreamSource[] = ['RUNPOD_REST', 'RUNPOD_GRAPHQL'];

/** Creates the counters in `registry`. */
export function createUpstreamCounters(registry: Registry): UpstreamCounters {
  const registers = [registry];
  const attempts = new Counter({
    name: 'gpu_gateway_upstream_attempts_total',
    help: 'HTTP requests to RunPod that ended, by API, by operation and by how: complete, incomplete, yielded, or the failure code',
    labelNames: ['source', 'operation', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'gpu_gateway_upstream_attempt_seconds',
    help: 'Time from sending a request to RunPod to the last byte of its answer, or to its failure',
    labelNames: ['source', 'operation'],
    buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  });
  const pricedWithoutStock = new Counter({
    name: 'gpu_gateway_priced_without_stock_total',
    help: 'Cells that RunPod quoted a price for while it reported no stock; they are shown as NONE',
    registers,
  });
  const clientRefusals = new Counter({
    name: 'gpu_gateway_client_budget_refusals_total',
    help: 'Answers that RunPod was not asked for because the client has caused CLIENT_UPSTREAM_PER_MINUTE requests; known answers are served, other cells fail',
    registers,
  });
  const disagreements = new Counter({
    name: 'gpu_gateway_disagreements_total',
    help: 'Cells that one API of RunPod reports in stock and the other does not, by the one that does; the REST API is believed',
    labelNames: ['in_stock_by'],
    registers,
  });
  for (const api of DISAGREEING) disagreements.inc({ in_stock_by: api.toLowerCase() }, 0);
  return {
    countAttempt(api, { operation, outcome, durationMs }) {
      const source = api.toLowerCase();
      attempts.inc({ source, operation, outcome: outcome.toLowerCase() });
      seconds.observe({ source, operation }, durationMs / 1000);
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
