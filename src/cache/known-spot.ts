import { isObserved, type Observation } from '../domain/observation.ts';

/** Whether an observation contains a spot price or a pod size. */
export const bringsSpot = ({ cells }: Observation): boolean =>
  cells.some((cell) => isObserved(cell) && (cell.spotPrice !== null || (cell.availableGpuCounts ?? []).length > 0));

/**
 * Returns the age of the oldest spot price among the cells in stock, in milliseconds; infinite if the spot price of one of these cells is
 * unknown. `now` is the current time in monotonic milliseconds of this process.
 */
export function spotAgeMs({ cells }: Observation, now: number): number {
  const times = cells.map((cell) => {
    if (!isObserved(cell) || !cell.available) return now;
    return cell.spotAskedAt ?? Number.NEGATIVE_INFINITY;
  });
  return now - Math.min(now, ...times);
}

/** Whether the observation has a cell that came into stock since `before`, and whose spot price and pod sizes are unknown. */
export function hasNewStock({ cells }: Observation, before: Observation | undefined): boolean {
  const available = before?.cells.filter((cell) => isObserved(cell) && cell.available) ?? [];
  const wasAvailable = new Set(available.map(({ dataCenterId }) => dataCenterId));
  const isNew = (id: string) => !wasAvailable.has(id);
  return cells.some(
    (cell) => isObserved(cell) && cell.available && cell.spotObservedAt === null && isNew(cell.dataCenterId),
  );
}
