import { type ExportedRow, rowsToCsv } from '../export/csv.ts';
import type { Lists } from '../state/lists.ts';
import type { Answer, Placement } from './find.ts';

/** The columns of an exported list, in order. */
const COLUMNS = [
  'rank',
  'gpuTypeId',
  'gpuType',
  'gpuCount',
  'memoryGb',
  'totalMemoryGb',
  'dataCenterId',
  'region',
  'countryCode',
  'stock',
  'onDemandPricePerPod',
  'onDemandPricePerGpu',
  'observedAt',
  'stale',
] as const;

/** Returns the listed pods, the best first, as rows of a table. */
const rowsOf = ({ options }: Placement): readonly ExportedRow<(typeof COLUMNS)[number]>[] =>
  options.map(({ availability, totalMemoryGb }, index) => ({
    rank: index + 1,
    gpuTypeId: availability.gpuType.id,
    gpuType: availability.gpuType.displayName,
    gpuCount: availability.gpuCount,
    memoryGb: availability.gpuType.memoryGb,
    totalMemoryGb,
    dataCenterId: availability.dataCenter.id,
    region: availability.dataCenter.region,
    countryCode: availability.dataCenter.countryCode,
    stock: availability.stock,
    onDemandPricePerPod: availability.onDemandPrice?.perPod ?? null,
    onDemandPricePerGpu: availability.onDemandPrice?.perGpu ?? null,
    observedAt: availability.observedAt,
    stale: availability.stale,
  }));

/** Returns the listed pods as CSV. */
export const optionsAsCsv = ({ placement }: Answer): string => rowsToCsv(COLUMNS, rowsOf(placement));

/** Returns the query variables, the listed pods and the RunPod requests that create these pods, as JSON. */
export function optionsAsJson(
  { question, placement, arrivedAt }: Answer,
  { source, recordedAt }: Lists['upstream'],
): string {
  const requests = placement.options.map(({ createRequest }) => createRequest);
  const options = rowsOf(placement).map((row, index) => ({ ...row, createRequest: requests[index] }));
  const askedAt = new Date(arrivedAt).toISOString();
  return JSON.stringify(
    { source, recordedAt, askedAt, ...question, totalCount: placement.totalCount, options },
    null,
    2,
  );
}

/**
 * Returns the name of the file with the listed pods. The name contains the day of the recording, or the day of the answer if the source is
 * live.
 */
export function fileNameOf(
  { arrivedAt }: Pick<Answer, 'arrivedAt'>,
  { recordedAt }: Pick<Lists['upstream'], 'recordedAt'>,
  format: 'csv' | 'json',
): string {
  const listedAt = recordedAt ?? new Date(arrivedAt).toISOString();
  return `pods-${listedAt.slice(0, 10)}.${format}`;
}
