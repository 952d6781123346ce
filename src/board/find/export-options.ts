import { type ExportedRow, rowsToCsv } from '../export/matrix-rows.ts';
import type { Lists } from '../state/lists.ts';
import type { Answer, Placement } from './find.ts';

/** Returns the listed pods, the best first, as rows of a table. */
const rowsOf = ({ options }: Placement): readonly ExportedRow[] =>
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
export const optionsAsCsv = ({ placement }: Answer): string => rowsToCsv(rowsOf(placement));

/** Returns the question, the listed pods and the requests that create them as JSON. */
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
