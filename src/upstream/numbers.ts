import type { HourlyPrice } from '../domain/observation.ts';

/** Largest Int that GraphQL can carry. */
const MAX_INT = 2_147_483_647;

/** A positive whole number that GraphQL can carry, or `null`: RunPod writes 0 where it has no value. */
export function toPositiveInt(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && value > 0 && value <= MAX_INT ? value : null;
}

/** A price in US dollars, or `null`: RunPod writes 0 where it has no price. */
export function toPrice(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value > 0 ? value : null;
}

/** `null` when a hostile number leaves what a price can be on the way from pod to GPU, or back. */
export function toHourlyPrice(perGpu: number, perPod: number): HourlyPrice | null {
  const price = { perGpu: withoutDust(perGpu), perPod: withoutDust(perPod) };
  return toPrice(price.perGpu) === null || toPrice(price.perPod) === null ? null : price;
}

/** 4.83 / 7 is 0.6900000000000001 in binary: more than 0.69, for who asks for that at most. */
const withoutDust = (dollars: number): number => Number(dollars.toFixed(10));
