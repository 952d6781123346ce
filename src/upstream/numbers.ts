import type { HourlyPrice } from '../domain/observation.ts';

/** The largest value of a GraphQL Int. */
const MAX_INT = 2_147_483_647;

/** Returns the value if it is a positive integer that fits a GraphQL Int, else `null`. RunPod sends 0 where it has no value. */
export function toPositiveInt(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && value > 0 && value <= MAX_INT ? value : null;
}

/** Returns the value in US dollars if it is a positive finite number, else `null`. RunPod sends 0 where it has no price. */
export function toPrice(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value > 0 ? value : null;
}

/**
 * Combines a price per GPU and a price per pod. Returns `null` if one of them is not a valid price. This can happen because one price was
 * calculated from the other, and may have become too large or too small.
 */
export function toHourlyPrice(perGpu: number, perPod: number): HourlyPrice | null {
  const price = { perGpu: withoutDust(perGpu), perPod: withoutDust(perPod) };
  return toPrice(price.perGpu) === null || toPrice(price.perPod) === null ? null : price;
}

/** Removes rounding errors. For example, 4.83 / 7 gives 0.6900000000000001, which a filter for at most 0.69 would exclude. */
const withoutDust = (dollars: number): number => Number(dollars.toFixed(10));
