import { Gauge, type Registry } from 'prom-client';
import { isObserved, type Observation, type StockLevel } from '../domain/observation.ts';

/** What `addStockGauge` needs. */
export interface StockGaugeOptions {
  /** The maximum number of time series; 0 for no metric. */
  readonly maxSeries: number;
  /** Returns the observations that the gauge shows. They contain only fresh cells. */
  readonly observations: () => readonly Observation[];
}

/**
 * The number that represents each stock level. Every number above 0 means that the GPU type is in stock. UNKNOWN means in stock at an
 * unknown level, so its number is between those of NONE and LOW.
 */
const VALUES: Readonly<Record<StockLevel, number>> = { NONE: 0, UNKNOWN: 0.5, LOW: 1, MEDIUM: 2, HIGH: 3 };

/**
 * Adds a gauge of the stock, with one time series for each fresh cell (one GPU type in one data center, for one pod size). Stale cells are
 * omitted, because another replica may know that their stock is gone. The number of series is limited, because clients choose which cells
 * the gateway observes. Series of small pods come first. A second gauge shows how many cells were omitted because of the limit.
 */
export function addStockGauge(registry: Registry, { maxSeries, observations }: StockGaugeOptions): void {
  if (maxSeries === 0) return;
  const stock: Gauge = new Gauge({
    name: 'gpu_gateway_stock',
    help: 'Stock of a GPU type in a data center for pods of one size: 0 none, 1 low, 2 medium, 3 high, 0.5 in stock at a level that the gateway does not know; no series if the stock is unknown or not fresh',
    labelNames: ['gpu_type', 'data_center', 'gpu_count'],
    registers: [registry],
    collect() {
      stock.reset();
      let cells = 0;
      for (const { gpuTypeId, gpuCount, cells: ofType } of observations().toSorted(bySizeAndName)) {
        for (const cell of ofType.filter(isObserved)) {
          cells += 1;
          if (cells > maxSeries) continue;
          stock.set({ gpu_type: gpuTypeId, data_center: cell.dataCenterId, gpu_count: gpuCount }, VALUES[cell.stock]);
        }
      }
      omitted.set(Math.max(0, cells - maxSeries));
    },
  });
  // The collection of the stock gauge sets the value of this gauge. Gauges are collected in the order of registration, so this gauge is
  // registered after the stock gauge.
  const omitted = new Gauge({
    name: 'gpu_gateway_stock_omitted_series',
    help: 'Cells without a series in gpu_gateway_stock because of MAX_STOCK_SERIES',
    registers: [registry],
  });
}

const bySizeAndName = (a: Observation, b: Observation): number =>
  a.gpuCount - b.gpuCount || (a.gpuTypeId < b.gpuTypeId ? -1 : 1);
