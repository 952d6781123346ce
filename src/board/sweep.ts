import type { Ask } from './ask.ts';
import { BoardCellsDocument } from './graphql/graphql.ts';
import type { Part } from './summary.ts';

/**
 * GPU types in one request, and requests at once. The gateway asks RunPod about three GPU types at a time, so these come as one;
 * the second request keeps it busy between two. docs/decisions.md has the measurements.
 */
const GPU_TYPES_IN_PART = 3;
const PARTS_AT_ONCE = 2;

/** Reads the cells of these GPU types part by part, and hands each part over as it comes. Rejects at the first that fails. */
export async function sweep(
  ask: Ask,
  { gpuTypeIds, gpuCount }: { readonly gpuTypeIds: readonly string[]; readonly gpuCount: number },
  onPart: (part: Part, gpuTypeIds: readonly string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const parts = partsOf(gpuTypeIds);
  const readOn = async () => {
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const { gpuAvailability } = await ask(BoardCellsDocument, { gpuCount, gpuTypeIds: part }, signal);
      signal.throwIfAborted();
      onPart(gpuAvailability, part);
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, readOn));
}

function partsOf(ids: readonly string[]): string[][] {
  const count = Math.ceil(ids.length / GPU_TYPES_IN_PART);
  return Array.from({ length: count }, (_, index) =>
    ids.slice(index * GPU_TYPES_IN_PART, (index + 1) * GPU_TYPES_IN_PART),
  );
}
