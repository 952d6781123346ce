import { z } from 'zod';
import type { DataCenter } from '../domain/data-center.ts';
import type { FailureCode } from '../domain/errors.ts';
import type { GpuManufacturer, GpuType } from '../domain/gpu-type.ts';
import type { HourlyPrice, StockLevel, UpstreamSource } from '../domain/observation.ts';
import type { Region } from '../domain/region.ts';
import type { Row } from '../domain/row.ts';

/**
 * Creates the Zod schema of an enum. The values of the enum are passed as the keys of a record, so that the compiler reports a missing
 * value.
 */
export const oneOf = <Word extends string>(words: Readonly<Record<Word, true>>) => z.enum(Object.keys(words) as Word[]);

export const source = oneOf<UpstreamSource>({ RECORDED: true, RUNPOD_GRAPHQL: true, RUNPOD_REST: true });
export const stock = oneOf<StockLevel>({ HIGH: true, MEDIUM: true, LOW: true, NONE: true, UNKNOWN: true });
export const time = z.iso.datetime();
export const gpuCount = z.number().int().min(1).max(16);
export const price: z.ZodType<HourlyPrice> = z.object({ perGpu: z.number(), perPod: z.number() });

export const gpuType: z.ZodType<GpuType> = z.object({
  id: z.string().min(1),
  displayName: z.string(),
  manufacturer: oneOf<GpuManufacturer>({ NVIDIA: true, AMD: true, UNKNOWN: true }),
  memoryGb: z.number().nullable(),
  maxGpuCount: z.number().nullable(),
  secureCloud: z.boolean().nullable(),
  communityCloud: z.boolean().nullable(),
  securePrice: z.number().nullable(),
  communityPrice: z.number().nullable(),
});

export const dataCenter: z.ZodType<DataCenter> = z.object({
  id: z.string().min(1),
  name: z.string(),
  location: z.string().nullable(),
  listed: z.boolean().nullable(),
  networkVolume: z.boolean().nullable(),
  globalNetwork: z.boolean().nullable(),
  compliance: z.array(z.string()).nullable(),
  region: oneOf<Region>({
    AFRICA: true,
    ANTARCTICA: true,
    ASIA: true,
    EUROPE: true,
    MIDDLE_EAST: true,
    NORTH_AMERICA: true,
    OCEANIA: true,
    SOUTH_AMERICA: true,
    UNKNOWN: true,
  }),
  countryCode: z.string().nullable(),
});

export const failureCode = oneOf<FailureCode>({
  TIMEOUT: true,
  RATE_LIMITED: true,
  UNAUTHORIZED: true,
  BAD_RESPONSE: true,
  UNREACHABLE: true,
  NOT_ATTEMPTED: true,
});

export const row: z.ZodType<Row> = z.object({
  gpuType,
  dataCenter,
  gpuCount,
  available: z.boolean().nullable(),
  stock,
  onDemandPrice: price.nullable(),
  spotPrice: price.nullable(),
  availableGpuCounts: z.array(z.number()).nullable(),
  spotObservedAt: time.nullable(),
  observedAt: time.nullable(),
  stale: z.boolean(),
});
