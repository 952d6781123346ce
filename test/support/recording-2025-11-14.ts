import { RECORDINGS, readRecording } from '../../src/upstream/recorded/recording.ts';

/** The recording that the tests expect, even if there is a newer one. */
export const readRecording20251114 = () => readRecording(new URL('2025-11-14/', RECORDINGS));

/** Every cell of the recording, and whether a pod of one GPU was in stock there. */
export function recordedCells() {
  const { gpuTypes, dataCenters, lowestPrices } = readRecording20251114();
  const inStock = new Set(lowestPrices.map(({ gpuTypeId, dataCenterId }) => `${gpuTypeId} ${dataCenterId}`));
  return gpuTypes.flatMap(({ id: gpuTypeId }) =>
    dataCenters.map(({ id: dataCenterId }) => ({
      gpuTypeId: String(gpuTypeId),
      dataCenterId: String(dataCenterId),
      isInStock: inStock.has(`${gpuTypeId} ${dataCenterId}`),
    })),
  );
}
