import type { Recording } from '../src/upstream/recorded/recording.ts';

/**
 * Enlarges a recording to `types` GPU types and `centers` data centers. The additional rows are copies of the recorded rows with other ids.
 */
export function enlarge(recording: Recording, types: number, centers: number): Recording {
  const gpuTypes = recording.gpuTypes.filter(({ id }) => id !== 'unknown');
  const typeCopies = Math.ceil(types / gpuTypes.length);
  const centerCopies = Math.ceil(centers / recording.dataCenters.length);
  const grown = {
    gpuTypes: copies(typeCopies, (copy) =>
      gpuTypes.map((row) => ({
        ...row,
        id: gpuTypeId(String(row.id), copy),
        displayName: gpuTypeId(String(row['displayName']), copy),
      })),
    ).slice(0, types),
    dataCenters: copies(centerCopies, (copy) =>
      recording.dataCenters.map((row) => ({ ...row, id: dataCenterId(String(row.id), copy) })),
    ).slice(0, centers),
  };
  const lowestPrices = copies(typeCopies, (typeCopy) =>
    copies(centerCopies, (centerCopy) =>
      recording.lowestPrices.map((row) => ({
        ...row,
        gpuTypeId: gpuTypeId(row.gpuTypeId, typeCopy),
        dataCenterId: dataCenterId(row.dataCenterId, centerCopy),
      })),
    ),
  );
  return { ...recording, ...grown, lowestPrices };
}

const copies = <T>(count: number, make: (copy: number) => readonly T[]): T[] =>
  Array.from({ length: count }, (_, copy) => make(copy)).flat();

const gpuTypeId = (id: string, copy: number) => (copy === 0 ? id : `${id} #${copy}`);

/**
 * Returns the id of a copy of a data center. Only the number at the end differs: 'EU-RO-1' becomes 'EU-RO-1001'. The gateway derives the
 * location from the rest of the id.
 */
const dataCenterId = (id: string, copy: number) => (copy === 0 ? id : `${id}${String(copy).padStart(3, '0')}`);
