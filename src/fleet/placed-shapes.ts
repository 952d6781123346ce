import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type Asked, type Clock, toMonotonic } from '../domain/clock.ts';
import type { Cell, ObservedCell } from '../domain/observation.ts';
import { failureCode, price, source, stock, time } from './plain-shapes.ts';

function refuse(context: z.core.ParsePayload): never {
  context.issues.push({ code: 'custom', message: 'a time in the future', input: context.value });
  return z.NEVER;
}

/**
 * The maximum number of cached conversions from wall-clock to monotonic time. This is enough for the observations of about an hour, for all
 * GPU types and four pod sizes. A conversion that is no longer cached is repeated with the current state of the clocks.
 */
const MAX_PLACED = 10_000;

/** Adds `askedAt` to a value: its time `observedAt`, converted to monotonic time. Rejects the value if this time is in the future. */
type WithPlace = <Shared extends { readonly observedAt: string }>(
  shared: Shared,
  context: z.core.ParsePayload,
) => Shared & Asked;

/** The shapes (Zod schemas) of values that contain times. Parsing a value converts its times to the monotonic clock of this process. */
export interface PlacedShapes {
  readonly withPlace: WithPlace;
  readonly asked: z.ZodType<Asked>;
  readonly observedCell: z.ZodType<ObservedCell>;
  readonly cell: z.ZodType<Cell>;
}

/**
 * Creates the Zod schemas of stored values that contain times. `clock` converts the wall-clock times of a value to the monotonic clock of
 * this process. A value with a time in the future is rejected. The conversion of each time is cached, so that the age of a value does not
 * change when the wall clock is set.
 */
export function createPlacedShapes(clock: Clock): PlacedShapes {
  const placed = new LRUCache<string, number>({ max: MAX_PLACED });

  function place(observedAt: string): number | null {
    const askedAt = placed.get(observedAt) ?? toMonotonic(observedAt, clock);
    if (askedAt !== null) placed.set(observedAt, askedAt);
    return askedAt;
  }

  /** Adds `askedAt` to a value: its time `observedAt`, converted to monotonic time. */
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

  return { withPlace, asked, observedCell, cell };
}
