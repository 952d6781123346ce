import { InvalidArgumentError, OperationTooComplexError } from '../../domain/errors.ts';
import type { GpuAvailabilityFilter, InputMaybe } from '../types.generated.ts';

/** Throws an `InvalidArgumentError` if a minimum or maximum is negative. */
export function refuseNegative(name: string, value: InputMaybe<number> | undefined): void {
  if (value != null && value < 0) throw new InvalidArgumentError(`${name} is ${value}; it must be 0 or more.`);
}

/** How many values a list in the filter may have. Every field that gets the filter reads the whole list. */
const MAX_LISTED = 200;

/** Throws an `OperationTooComplexError` if a list of the filter is too long. */
export function refuseLongLists(filter: Partial<GpuAvailabilityFilter>): void {
  for (const [name, value] of Object.entries(filter)) {
    if (Array.isArray(value) && value.length > MAX_LISTED) {
      throw new OperationTooComplexError(`${name} has ${value.length} values; the limit is ${MAX_LISTED}.`);
    }
  }
}
