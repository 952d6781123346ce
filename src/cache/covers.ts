import type { DataCenter } from '../domain/data-center.ts';
import type { Observation, ObservationRequest } from '../domain/observation.ts';

/**
 * For each observation, the latest list of data centers for which `covers` returned true. A repeated call of `covers` with the same
 * arguments, which is frequent, needs only a comparison.
 */
const covered = new WeakMap<Observation, readonly DataCenter[]>();

/** Whether an observation has a cell for each data center of the request. */
export function covers(observation: Observation, { dataCenters }: ObservationRequest): boolean {
  if (covered.get(observation) === dataCenters) return true;
  const ids = new Set(observation.cells.map(({ dataCenterId }) => dataCenterId));
  const isCovered = dataCenters.every(({ id }) => ids.has(id));
  if (isCovered) covered.set(observation, dataCenters);
  return isCovered;
}
