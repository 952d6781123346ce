import { RECORDINGS, readRecording } from '../../src/upstream/recorded/recording.ts';

/** Reads the recording of 2025-11-14. Tests expect its data, so they read it even if there is a newer recording. */
export const readRecording20251114 = () => readRecording(new URL('2025-11-14/', RECORDINGS));

/** Returns every cell of the recording of 2025-11-14 for pods of one GPU, and whether the cell was in stock. */
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
