import { type Cell, type Cells, cellKey } from '../state/cell.ts';
import type { DataCenter, GpuType } from '../state/lists.ts';
import type { Matrix } from '../view/matrix.ts';
import { type CsvValue, toCsv } from './csv.ts';

/** One cell of the matrix in an exported file. Prices are US dollars per hour. */
export interface ExportedRow extends Record<string, CsvValue | readonly number[]> {
  readonly gpuTypeId: string;
  readonly dataCenterId: string;
}

/** Returns every loaded cell that the matrix shows, row by row. */
export function exportedRows({ rows, groups }: Matrix, cells: Cells, gpuCount: number): readonly ExportedRow[] {
  const dataCenters = groups.flatMap((group) => group.dataCenters);
  return rows.flatMap(({ gpuType }) =>
    dataCenters.flatMap((dataCenter) => {
      const cell = cells.get(cellKey(gpuType.id, dataCenter.id));
      return cell === undefined ? [] : exportedRow(gpuType, dataCenter, cell, gpuCount);
    }),
  );
}

function exportedRow(gpuType: GpuType, dataCenter: DataCenter, cell: Cell, gpuCount: number): ExportedRow {
  return {
    gpuTypeId: gpuType.id,
    gpuType: gpuType.displayName,
    memoryGb: gpuType.memoryGb,
    dataCenterId: dataCenter.id,
    region: dataCenter.region,
    countryCode: dataCenter.countryCode,
    gpuCount,
    available: cell.available,
    stock: cell.stock,
    onDemandPricePerGpu: cell.onDemandPrice?.perGpu ?? null,
    onDemandPricePerPod: cell.onDemandPrice?.perPod ?? null,
    spotPricePerGpu: cell.spotPrice?.perGpu ?? null,
    availableGpuCounts: cell.availableGpuCounts,
    observedAt: cell.observedAt,
    stale: cell.stale,
  };
}

/** Returns the rows as CSV. A list is one field, with spaces between its numbers. */
export function rowsToCsv(rows: readonly ExportedRow[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const toValue = (value: ExportedRow[string] | undefined): CsvValue =>
    value === undefined ? null : isList(value) ? value.join(' ') : value;
  const names = Object.keys(first);
  return toCsv(
    names,
    rows.map((row) => names.map((name) => toValue(row[name]))),
  );
}

const isList = (value: CsvValue | readonly number[]): value is readonly number[] => Array.isArray(value);
