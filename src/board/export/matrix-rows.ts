import type { Cell, Cells } from '../state/cell.ts';
import type { DataCenter, GpuType } from '../state/lists.ts';
import type { Matrix } from '../view/matrix.ts';
import { type ExportedRow, rowsToCsv } from './csv.ts';

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
export type ExportedCell = ExportedRow<(typeof COLUMNS)[number]>;

/** Returns every loaded cell that the matrix shows, row by row. */
export function exportedRows({ rows, groups }: Matrix, cells: Cells, gpuCount: number): readonly ExportedCell[] {
  const dataCenters = groups.flatMap((group) => group.dataCenters);
  return rows.flatMap(({ gpuType }) =>
    dataCenters.flatMap((dataCenter) => {
      const cell = cells.get(gpuType.id)?.get(dataCenter.id)?.cell;
      return cell === undefined ? [] : exportedRow(gpuType, dataCenter, cell, gpuCount);
    }),
  );
}

function exportedRow(gpuType: GpuType, dataCenter: DataCenter, cell: Cell, gpuCount: number): ExportedCell {
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

/** Returns exported rows as CSV. */
export const matrixToCsv = (rows: readonly ExportedCell[]): string => rowsToCsv(COLUMNS, rows);
