import { type Cell, type Cells, cellKey } from '../state/cell.ts';
import type { DataCenter, GpuType } from '../state/lists.ts';
import type { Matrix } from '../view/matrix.ts';
import { type CsvValue, toCsv } from './csv.ts';

/** The columns of an exported file, in order. */
const COLUMNS = [
  'gpuTypeId',
  'gpuType',
  'memoryGb',
  'dataCenterId',
  'region',
  'countryCode',
  'gpuCount',
  'available',
  'stock',
  'onDemandPricePerGpu',
  'onDemandPricePerPod',
  'spotPricePerGpu',
  'availableGpuCounts',
  'observedAt',
  'stale',
] as const;

/** One cell of the matrix in an exported file. Prices are US dollars per hour. */
export type ExportedRow = Readonly<Record<(typeof COLUMNS)[number], CsvValue | readonly number[]>>;

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
  const toValue = (value: CsvValue | readonly number[]): CsvValue => (isList(value) ? value.join(' ') : value);
  return toCsv(
    COLUMNS,
    rows.map((row) => COLUMNS.map((name) => toValue(row[name]))),
  );
}

const isList = (value: CsvValue | readonly number[]): value is readonly number[] => Array.isArray(value);
