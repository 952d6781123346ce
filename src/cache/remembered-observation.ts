import {
  type Cell,
  type FailedCell,
  isObserved,
  type Observation,
  type ObservedCell,
  spotPriceOf,
} from '../domain/observation.ts';

/** The latest observation, and for cells that failed in it, their last known state. */
export interface RememberedObservation {
  readonly latest: Observation;
  readonly lastKnown: readonly ObservedCell[];
  /**
   * When a later answer said for the first time that everything is sold out, in milliseconds since 1970, which the next renewal
   * must confirm before it counts; `null` when none did.
   */
  readonly doubtedAt: number | null;
}

/**
 * Adds an observation to what is remembered. A cell that failed keeps its last known state. A cell of a source without spot prices
 * and pod sizes keeps the last known ones while its availability is unchanged.
 */
export function remember(told: Observation, before: RememberedObservation | undefined): RememberedObservation {
  if (before === undefined) return { latest: told, lastKnown: [], doubtedAt: null };
  const known = [...before.latest.cells.filter(isObserved), ...before.lastKnown];
  const knownById = new Map(known.map((cell) => [cell.dataCenterId, cell]));
  const failedIds = new Set(told.cells.flatMap((cell) => (cell.failure === null ? [] : [cell.dataCenterId])));
  return {
    latest: { ...told, cells: told.cells.map((cell) => withKnownSpot(cell, knownById.get(cell.dataCenterId))) },
    lastKnown: known.filter(({ dataCenterId }) => failedIds.has(dataCenterId)),
    doubtedAt: null,
  };
}

function withKnownSpot(cell: Cell, known: ObservedCell | undefined): Cell {
  const isTold = !isObserved(cell) || cell.spotObservedAt !== null;
  if (isTold || known === undefined || known.available !== cell.available) return cell;
  return { ...cell, ...spotOf(known, cell) };
}

/** Leaves what is remembered as it was, since the answer that came at `now` is not believed yet. */
export const doubt = (before: RememberedObservation, now: number): RememberedObservation => ({
  ...before,
  doubtedAt: before.doubtedAt ?? now,
});

/**
 * Adds spot prices and pod sizes that a second source reports. Stock, on-demand price and time of a cell stay as the first source
 * reported them, also where the two disagree: then nothing is known of its spot price. Only a cell about which nothing is known is
 * taken from the second source as a whole.
 */
export function supplement(told: Observation, before: RememberedObservation): RememberedObservation {
  const toldById = new Map(told.cells.map((cell) => [cell.dataCenterId, cell]));
  const lastKnownIds = new Set(before.lastKnown.map(({ dataCenterId }) => dataCenterId));
  const cells = before.latest.cells.map((cell): Cell => {
    const added = toldById.get(cell.dataCenterId);
    if (added === undefined || !isObserved(added)) return cell;
    if (isObserved(cell)) return { ...cell, ...spotOf(added, cell) };
    return lastKnownIds.has(cell.dataCenterId) ? cell : added;
  });
  return { ...before, latest: { ...before.latest, cells } };
}

/** What `told` knows of the spot price and pod sizes of `cell`. */
function spotOf(told: ObservedCell, cell: ObservedCell) {
  if (told.available !== cell.available) return NO_SPOT;
  const { spotPrice, availableGpuCounts, spotObservedAt } = told;
  return { spotPrice: spotPriceOf(spotPrice, cell.onDemandPrice), availableGpuCounts, spotObservedAt };
}

/** Whether every cell of the latest observation was observed. */
export const isComplete = ({ latest }: RememberedObservation): boolean => latest.cells.every(isObserved);

/** How old a cell may be, in milliseconds. */
export interface AgeLimits {
  /** Older ones are marked stale. */
  readonly freshMs: number;
  /** Older ones are not served. */
  readonly staleMs: number;
}

/**
 * What is known at `now`, in milliseconds since 1970: of each cell the latest observation, or its last known state while that is
 * young enough, marked stale past its freshness; else why it is not known.
 */
export function recall({ latest, lastKnown }: RememberedObservation, limits: AgeLimits, now: number): Observation {
  if (lastKnown.length === 0 && !latest.cells.some((cell) => isPastFreshness(cell, limits, now))) return latest;
  const lastKnownById = new Map(lastKnown.map((cell) => [cell.dataCenterId, cell]));
  const cells = latest.cells.map((cell): Cell => {
    const known = isObserved(cell) ? cell : lastKnownById.get(cell.dataCenterId);
    if (known === undefined || ageOf(known, now) >= limits.staleMs) return isObserved(cell) ? tooOld(cell) : cell;
    const served = isSpotTooOld(known, limits, now) ? { ...known, ...NO_SPOT } : known;
    return ageOf(known, now) < limits.freshMs ? served : { ...served, stale: true };
  });
  return { ...latest, cells };
}

/** Whether a cell, or its spot price, is not served as it was observed any more. */
const isPastFreshness = (cell: Cell, limits: AgeLimits, now: number): boolean =>
  isObserved(cell) && (ageOf(cell, now) >= limits.freshMs || isSpotTooOld(cell, limits, now));

/**
 * Until when `recall` returns the latest observation as it is, with every cell observed and fresh, in milliseconds since 1970;
 * minus infinity when a cell failed.
 */
export function untilWhole(remembered: RememberedObservation, { freshMs, staleMs }: AgeLimits): number {
  if (!isComplete(remembered)) return Number.NEGATIVE_INFINITY;
  return Math.min(
    ...remembered.latest.cells.filter(isObserved).map(({ observedAt, spotObservedAt }) => {
      const until = Date.parse(observedAt) + freshMs;
      return spotObservedAt === null ? until : Math.min(until, Date.parse(spotObservedAt) + staleMs);
    }),
  );
}

const NO_SPOT = { spotPrice: null, availableGpuCounts: null, spotObservedAt: null } as const;

/** Whether an older answer reported the spot price and pod sizes too long ago. */
function isSpotTooOld(cell: Cell, { staleMs }: AgeLimits, now: number): boolean {
  if (!isObserved(cell) || cell.spotObservedAt === null || cell.spotObservedAt === cell.observedAt) return false;
  return now - Date.parse(cell.spotObservedAt) >= staleMs;
}

const tooOld = ({ dataCenterId }: ObservedCell): FailedCell => ({
  dataCenterId,
  failure: {
    code: 'NOT_ATTEMPTED',
    message: 'The last answer is too old to be served, and no newer one was asked for yet',
  },
});

const ageOf = ({ observedAt }: ObservedCell, now: number): number => now - Date.parse(observedAt);
