import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { LIST_KEYS, OBSERVATION_KEY_PREFIX } from '../cache/keys.ts';
import type { RememberedObservation } from '../cache/remembered-observation.ts';
import type { Kept } from '../cache/store.ts';
import type { Listing } from '../domain/catalog.ts';
import type { ChangeKind, Difference, SeenCell } from '../domain/change.ts';
import { type Asked, type Clock, toMonotonic } from '../domain/clock.ts';
import type { DataCenter } from '../domain/data-center.ts';
import type { FailureCode } from '../domain/errors.ts';
import type { GpuManufacturer, GpuType } from '../domain/gpu-type.ts';
import type { Cell, HourlyPrice, ObservedCell, StockLevel, UpstreamSource } from '../domain/observation.ts';
import type { Region } from '../domain/region.ts';
import type { Row } from '../domain/row.ts';

/** One of several words. The record makes the compiler report a word that is missing. */
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

const failureCode = oneOf<FailureCode>({
  TIMEOUT: true,
  RATE_LIMITED: true,
  UNAUTHORIZED: true,
  BAD_RESPONSE: true,
  UNREACHABLE: true,
  NOT_ATTEMPTED: true,
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

/** A change in the stream of changes, and the observed cell that caused it. */
export interface WrittenChange extends Difference {
  readonly cell: ObservedCell;
}

/** The shapes of what replicas share through Redis. */
export interface ValueShapes {
  /** Returns the shape of what the store keeps under a key; `undefined` for a key that this release does not use. */
  readonly keptShapeOf: (key: string) => z.ZodType<Kept<unknown>> | undefined;
  /** The shape of an entry of the stream of changes. */
  readonly writtenChange: z.ZodType<WrittenChange>;
  /** The shape of the cells of one GPU type and pod size, as replicas last saw them. */
  readonly seenCells: z.ZodType<readonly SeenCell[]>;
}

function refuse(context: z.core.ParsePayload): never {
  context.issues.push({ code: 'custom', message: 'a time in the future', input: context.value });
  return z.NEVER;
}

/**
 * The most wall-clock times whose monotonic time is remembered: about an hour of answers for all GPU types and four pod sizes, each
 * of which has its own time with the GraphQL API. A forgotten time is converted again, by the clock at that moment.
 */
const MAX_PLACED = 10_000;

/**
 * Creates the shapes of shared values. Parsing a value converts its wall-clock times to the monotonic clock of this process, by
 * `clock`. A value from the future is rejected. Each time is converted once, so setting the wall clock later does not change its
 * age.
 */
export function createValueShapes(clock: Clock): ValueShapes {
  const placed = new LRUCache<string, number>({ max: MAX_PLACED });

  function place(observedAt: string): number | null {
    const askedAt = placed.get(observedAt) ?? toMonotonic(observedAt, clock);
    if (askedAt !== null) placed.set(observedAt, askedAt);
    return askedAt;
  }

  /** Adds `askedAt` to a value that has `observedAt`. */
  function withPlace<Shared extends { readonly observedAt: string }>(
    shared: Shared,
    context: z.core.ParsePayload,
  ): Shared & Asked {
    const askedAt = place(shared.observedAt);
    return askedAt === null ? refuse(context) : { ...shared, askedAt };
  }

  const asked: z.ZodType<Asked> = z.object({ observedAt: time }).transform(withPlace);

  const observedCell: z.ZodType<ObservedCell> = z
    .object({
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
    })
    .transform(withPlace)
    .transform((cell, context) => {
      if (cell.spotObservedAt === null) return { ...cell, spotAskedAt: null };
      const spotAskedAt = place(cell.spotObservedAt);
      return spotAskedAt === null ? refuse(context) : { ...cell, spotAskedAt };
    });

  const cell: z.ZodType<Cell> = z.union([
    observedCell,
    z.object({
      dataCenterId: z.string().min(1),
      failure: z.object({ code: failureCode, message: z.string() }),
    }),
  ]);

  const remembered: z.ZodType<RememberedObservation> = z.object({
    latest: z
      .object({ gpuTypeId: z.string().min(1), gpuCount, cells: z.array(cell), observedAt: time })
      .transform(withPlace),
    lastKnown: z.array(observedCell),
    doubted: asked.nullable(),
  });

  const kept = <T>(value: z.ZodType<T>): z.ZodType<Kept<T>> =>
    z.object({ value, observedAt: time }).transform(withPlace);
  const gpuTypes: z.ZodType<Listing<GpuType>> = z.object({ source, rows: z.array(gpuType) });
  const dataCenters: z.ZodType<Listing<DataCenter>> = z.object({ source, rows: z.array(dataCenter) });
  const keptLists = new Map<string, z.ZodType<Kept<unknown>>>([
    [LIST_KEYS.gpuTypes, kept(gpuTypes)],
    [LIST_KEYS.dataCenters, kept(dataCenters)],
  ]);
  const keptObservation = kept(remembered);

  return {
    keptShapeOf: (key) => (key.startsWith(OBSERVATION_KEY_PREFIX) ? keptObservation : keptLists.get(key)),
    writtenChange: z.object({
      kind: oneOf<ChangeKind>({ APPEARED: true, DISAPPEARED: true, STOCK_CHANGED: true, PRICE_CHANGED: true }),
      before: row,
      after: row,
      cell: observedCell,
    }),
    seenCells: z.array(
      z.object({ latest: observedCell, bySource: z.partialRecord(source, observedCell), shownPrice: price.nullable() }),
    ),
  };
}

/** Keys of monotonic times, which mean nothing to another process. */
const OWN = new Set(['askedAt', 'spotAskedAt']);

/** Serializes a value as JSON for other replicas, without its monotonic times. */
export const toSharedText = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => (OWN.has(key) ? undefined : part));

/** Parses JSON text of a given shape. Returns `undefined` for invalid JSON and for a value of another shape. */
export function readAs<T>(shape: z.ZodType<T>, text: string): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
