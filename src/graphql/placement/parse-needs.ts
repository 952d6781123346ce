import { InvalidArgumentError } from '../../domain/errors.ts';
import type { Needs } from '../../domain/placement/needs.ts';
import { refuseGpuCount, refuseLongLists, refuseNegative, refuseNoStock } from '../availability/argument-checks.ts';
import type { MaySuggest } from '../availability/gpu-type-name.ts';
import type { Subjects } from '../subjects.ts';
import type { PlacementNeeds } from '../types.generated.ts';
import { dataCenterNeeds } from './data-center-needs.ts';
import { gpuTypeNeeds } from './gpu-type-needs.ts';

/**
 * Parses a client's needs: its requirements for a pod and its data center. `all` contains all GPU types and data centers, in which ids are
 * looked up. `maySuggest` decides whether an error about an unknown GPU type suggests similar ids.
 * @throws {InvalidArgumentError} if a need is not valid.
 * @throws {OperationTooComplexError} if a list is too long.
 */
export function parseNeeds(input: Partial<PlacementNeeds>, all: Subjects, maySuggest: MaySuggest): Needs {
  const { gpuCount = null, minTotalMemoryGb = null, minStock = null, maxPricePerHour = null } = input;
  if (gpuCount !== null) refuseGpuCount(gpuCount);
  refuseNegative('minTotalMemoryGb', minTotalMemoryGb);
  refuseNegative('maxPricePerHour', maxPricePerHour);
  refuseInfinite('maxPricePerHour', maxPricePerHour);
  refuseNoStock(minStock);
  refuseLongLists(input);
  refuseEmptyLists(input);
  return {
    gpuCount,
    minTotalMemoryGb,
    ofGpuType: gpuTypeNeeds(input, all.gpuTypes, maySuggest),
    ofDataCenter: dataCenterNeeds(input, all.dataCenters),
    minStock,
    maxPricePerHour,
  };
}

/**
 * Throws an `InvalidArgumentError` if a number is infinite. graphql-js reads a number in a query as infinity if it is too large, such as
 * 1e999.
 */
function refuseInfinite(name: string, value: number | null): void {
  if (value === null || Number.isFinite(value)) return;
  throw new InvalidArgumentError(`${name} is not a finite number; it must be 0 or more, or left out for any price.`);
}

function refuseEmptyLists(input: object): void {
  for (const [name, value] of Object.entries(input)) {
    if (!Array.isArray(value) || value.length > 0) continue;
    throw new InvalidArgumentError(
      `${name} is an empty list, which nothing matches; name at least one value, or leave it out.`,
    );
  }
}
