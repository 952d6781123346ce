import { InvalidArgumentError, OperationTooComplexError } from '../../domain/errors.ts';
import { MAX_GPU_COUNT } from '../../domain/placement/pod-size.ts';
import type { MinStock } from '../../domain/row-conditions.ts';
import type { InputMaybe, StockLevel } from '../types.generated.ts';

/** Throws an `InvalidArgumentError` if a minimum or maximum is negative. */
export function refuseNegative(name: string, value: InputMaybe<number> | undefined): void {
  if (value != null && value < 0) throw new InvalidArgumentError(`${name} is ${value}; it must be 0 or more.`);
}

/** Throws an `InvalidArgumentError` if RunPod has no pods with this number of GPUs. */
export function refuseGpuCount(gpuCount: number): void {
  if (gpuCount >= 1 && gpuCount <= MAX_GPU_COUNT) return;
  throw new InvalidArgumentError(`gpuCount is ${gpuCount}; it must be from 1 to ${MAX_GPU_COUNT}.`);
}

/** Throws an `InvalidArgumentError` if `first` is less than 1. */
export function refuseFirst(first: InputMaybe<number> | undefined): void {
  if (first != null && first < 1) throw new InvalidArgumentError(`first is ${first}; it must be 1 or more.`);
}

/** Throws an `InvalidArgumentError` if a minimum stock level is NONE or UNKNOWN. These levels cannot be a minimum. */
export function refuseNoStock(
  minStock: InputMaybe<StockLevel> | undefined,
): asserts minStock is InputMaybe<MinStock> | undefined {
  if (minStock !== 'NONE' && minStock !== 'UNKNOWN') return;
  throw new InvalidArgumentError(`minStock is ${minStock}; it must be LOW, MEDIUM or HIGH.`);
}

/**
 * The maximum length of a list in an input object. A long list is expensive, because every field that takes the input object reads the
 * whole list.
 */
const MAX_LISTED = 200;

/** Throws an `OperationTooComplexError` if a list in an input object is too long. */
export function refuseLongLists(input: object): void {
  for (const [name, value] of Object.entries(input)) {
    if (Array.isArray(value) && value.length > MAX_LISTED) {
      throw new OperationTooComplexError(`${name} has ${value.length} values; the limit is ${MAX_LISTED}.`);
    }
  }
}
