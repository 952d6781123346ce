import { z } from 'zod';
import { LIST_KEYS, OBSERVATION_KEY_PREFIX } from '../cache/keys.ts';
import type { RememberedObservation } from '../cache/remembered-observation.ts';
import type { Kept } from '../cache/store.ts';
import type { Listing } from '../domain/catalog.ts';
import type { ChangeKind, Difference, SeenCell } from '../domain/change.ts';
import type { Clock } from '../domain/clock.ts';
import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { ObservedCell } from '../domain/observation.ts';
import { createPlacedShapes } from './placed-shapes.ts';
import { dataCenter, gpuCount, gpuType, oneOf, price, row, source, time } from './plain-shapes.ts';

/** A change in the stream of changes, and the observation that caused the change. */
export interface WrittenChange extends Difference {
  readonly cell: ObservedCell;
}

/** A stored value in the form in which replicas share it through Redis. */
export interface SharedKept extends Kept<unknown> {
  /**
   * The age at which the value is due for a refresh, in milliseconds since the value was requested. An older copy is compared with Redis
   * before it is used.
   */
  readonly dueAfterMs: number;
}

/** The shapes (Zod schemas) of the values that replicas share through Redis. */
export interface ValueShapes {
  /** Returns the shape of the value that is stored under a key, or `undefined` for a key that this release does not use. */
  readonly keptShapeOf: (key: string) => z.ZodType<SharedKept> | undefined;
  /** The shape of an entry of the stream of changes. */
  readonly writtenChange: z.ZodType<WrittenChange>;
  /** The schema with which the last observations of one GPU type and pod size are parsed. */
  readonly seenCells: z.ZodType<readonly SeenCell[]>;
}

/**
 * Creates the schemas with which values from Redis are parsed. `clock` converts the wall-clock times in these values to the monotonic clock
 * of this process.
 */
export function createValueShapes(clock: Clock): ValueShapes {
  const { withPlace, asked, observedCell, cell } = createPlacedShapes(clock);

  const remembered: z.ZodType<RememberedObservation> = z.object({
    latest: z
      .object({ gpuTypeId: z.string().min(1), gpuCount, cells: z.array(cell), observedAt: time })
      .transform(withPlace),
    lastKnown: z.array(observedCell),
    doubted: asked.nullable(),
  });

  const kept = (value: z.ZodType): z.ZodType<SharedKept> =>
    z.object({ value, observedAt: time, dueAfterMs: z.number() }).transform(withPlace);
  const gpuTypes: z.ZodType<Listing<GpuType>> = z.object({ source, rows: z.array(gpuType) });
  const dataCenters: z.ZodType<Listing<DataCenter>> = z.object({ source, rows: z.array(dataCenter) });
  const keptLists = new Map<string, z.ZodType<SharedKept>>([
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

/** The names of the properties that are not shared, because they contain monotonic times. Such a time has no meaning in another process. */
const OWN = new Set(['askedAt', 'spotAskedAt']);

/** Serializes a value as JSON for other replicas, without its monotonic times. */
export const toSharedText = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => (OWN.has(key) ? undefined : part));

/** Parses JSON and checks its shape. Returns `undefined` for invalid JSON and for a value with another shape. */
export function readAs<T>(shape: z.ZodType<T>, text: string): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
