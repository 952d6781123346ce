import { z } from 'zod';
import { LIST_KEYS, OBSERVATION_KEY_PREFIX } from '../cache/keys.ts';
import type { RememberedObservation } from '../cache/remembered-observation.ts';
import type { Kept } from '../cache/store.ts';
import type { Listing } from '../domain/catalog.ts';
import type { ChangeKind, Difference, SeenCell } from '../domain/change.ts';
import type { DataCenter } from '../domain/data-center.ts';
import type { FailureCode } from '../domain/errors.ts';
import type { GpuManufacturer, GpuType } from '../domain/gpu-type.ts';
import type { Cell, HourlyPrice, ObservedCell, StockLevel, UpstreamSource } from '../domain/observation.ts';
import type { Region } from '../domain/region.ts';
import type { Row } from '../domain/row.ts';

/** One of some words. The record keeps the list complete when the type gains a word. */
const oneOf = <Word extends string>(words: Readonly<Record<Word, true>>) => z.enum(Object.keys(words) as Word[]);

const source = oneOf<UpstreamSource>({ RECORDED: true, RUNPOD_GRAPHQL: true, RUNPOD_REST: true });
const stock = oneOf<StockLevel>({ HIGH: true, MEDIUM: true, LOW: true, NONE: true, UNKNOWN: true });
const time = z.iso.datetime();
const gpuCount = z.number().int().min(1).max(16);
const price: z.ZodType<HourlyPrice> = z.object({ perGpu: z.number(), perPod: z.number() });

const gpuType: z.ZodType<GpuType> = z.object({
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

const dataCenter: z.ZodType<DataCenter> = z.object({
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

const observedCell: z.ZodType<ObservedCell> = z.object({
  dataCenterId: z.string().min(1),
  failure: z.null(),
  observedAt: time,
  source,
  stale: z.boolean(),
  available: z.boolean(),
  stock,
  onDemandPrice: price.nullable(),
  spotPrice: price.nullable(),
  availableGpuCounts: z.array(z.number()).nullable(),
  spotObservedAt: time.nullable(),
});

const failureCode = oneOf<FailureCode>({
  TIMEOUT: true,
  RATE_LIMITED: true,
  UNAUTHORIZED: true,
  BAD_RESPONSE: true,
  UNREACHABLE: true,
  NOT_ATTEMPTED: true,
});

const cell: z.ZodType<Cell> = z.union([
  observedCell,
  z.object({
    dataCenterId: z.string().min(1),
    failure: z.object({ code: failureCode, message: z.string() }),
  }),
]);

const remembered: z.ZodType<RememberedObservation> = z.object({
  latest: z.object({ gpuTypeId: z.string().min(1), gpuCount, cells: z.array(cell) }),
  lastKnown: z.array(observedCell),
  doubtedAt: z.number().nullable(),
});

const row: z.ZodType<Row> = z.object({
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

const kept = <T>(value: z.ZodType<T>): z.ZodType<Kept<T>> => z.object({ value, loadedAt: z.number() });
const gpuTypes: z.ZodType<Listing<GpuType>> = z.object({ source, rows: z.array(gpuType) });
const dataCenters: z.ZodType<Listing<DataCenter>> = z.object({ source, rows: z.array(dataCenter) });

const KEPT_LISTS = new Map<string, z.ZodType<Kept<unknown>>>([
  [LIST_KEYS.gpuTypes, kept(gpuTypes)],
  [LIST_KEYS.dataCenters, kept(dataCenters)],
]);
const KEPT_OBSERVATION = kept(remembered);

/** The shape of what the store keeps under a key; `undefined` for a key that this release does not use. */
export const keptShapeOf = (key: string): z.ZodType<Kept<unknown>> | undefined =>
  key.startsWith(OBSERVATION_KEY_PREFIX) ? KEPT_OBSERVATION : KEPT_LISTS.get(key);

/** A change in the stream of changes, and the observed cell that it led to. */
export interface WrittenChange extends Difference {
  readonly cell: ObservedCell;
}

export const writtenChange: z.ZodType<WrittenChange> = z.object({
  kind: oneOf<ChangeKind>({ APPEARED: true, DISAPPEARED: true, STOCK_CHANGED: true, PRICE_CHANGED: true }),
  before: row,
  after: row,
  cell: observedCell,
});

/** The cells of one GPU type and pod size, as replicas last saw them. */
export const seenCells: z.ZodType<readonly SeenCell[]> = z.array(
  z.object({ latest: observedCell, bySource: z.partialRecord(source, observedCell) }),
);

/** Reads JSON text of a shape. Returns `undefined` for text that is no JSON and for a value of another shape. */
export function readAs<T>(shape: z.ZodType<T>, text: string): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
