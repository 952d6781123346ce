import { InvalidArgumentError, OperationTooComplexError } from '../../domain/errors.ts';
import type { GpuAvailabilityFilter, InputMaybe } from '../types.generated.ts';

/** Refuses a minimum or maximum that everything meets, or nothing. */
export function refuseNegative(name: string, value: InputMaybe<number> | undefined): void {
  if (value != null && value < 0) throw new InvalidArgumentError(`${name} is ${value}; it must be 0 or more.`);
}

/** Nobody needs longer lists, and every field that has one reads through it. */
const MAX_LISTED = 200;

export function refuseLongLists(filter: Partial<GpuAvailabilityFilter>): void {
  for (const [name, value] of Object.entries(filter)) {
    if (Array.isArray(value) && value.length > MAX_LISTED) {
      throw new OperationTooComplexError(`${name} lists ${value.length} values; ${MAX_LISTED} is the most.`);
    }
  }
}
