import type { Cell, FailedCell, Observation, ObservedCell } from '../domain/observation.ts';

/** The latest observation, and for cells that failed in it, what was last known of them. */
export interface RememberedObservation {
  readonly latest: Observation;
  readonly lastKnown: readonly ObservedCell[];
}

/**
 * Adds an observation to what is remembered. A cell that failed keeps what was last known of it, and one without spot price and
 * pod sizes those that were last told, as long as it can still be rented, or still not.
 */
export function remember(told: Observation, before: RememberedObservation | undefined): RememberedObservation {
  if (before === undefined) return { latest: told, lastKnown: [] };
  const known = [...before.latest.cells.filter(isObserved), ...before.lastKnown];
  const knownById = new Map(known.map((cell) => [cell.dataCenterId, cell]));
  const failedIds = new Set(told.cells.flatMap((cell) => (cell.failure === null ? [] : [cell.dataCenterId])));
  return {
    latest: { ...told, cells: told.cells.map((cell) => withSpot(cell, knownById.get(cell.dataCenterId))) },
    lastKnown: known.filter(({ dataCenterId }) => failedIds.has(dataCenterId)),
  };
}

function withSpot(cell: Cell, known: ObservedCell | undefined): Cell {
  const isTold = !isObserved(cell) || cell.spotObservedAt !== null;
  if (isTold || known === undefined || known.available !== cell.available) return cell;
  const { spotPrice, availableGpuCounts, spotObservedAt } = known;
  return { ...cell, spotPrice, availableGpuCounts, spotObservedAt };
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
 * What is known `now`, in milliseconds since 1970: of each cell the latest, or what was last known of it while that is young
 * enough, marked stale when it is past its freshness; else why it is not known.
 */
export function recall({ latest, lastKnown }: RememberedObservation, limits: AgeLimits, now: number): Observation {
  const firstKnown = latest.cells.find(isObserved);
  // Cells of one answer are of one age.
  const isFresh = firstKnown === undefined || ageOf(firstKnown, now) < limits.freshMs;
  if (isFresh && lastKnown.length === 0 && !latest.cells.some((cell) => isSpotTooOld(cell, limits, now))) return latest;
  const lastKnownById = new Map(lastKnown.map((cell) => [cell.dataCenterId, cell]));
  const cells = latest.cells.map((cell): Cell => {
    const known = isObserved(cell) ? cell : lastKnownById.get(cell.dataCenterId);
    if (known === undefined || ageOf(known, now) >= limits.staleMs) return isObserved(cell) ? tooOld(cell) : cell;
    const served = isSpotTooOld(known, limits, now) ? { ...known, ...NO_SPOT } : known;
    return ageOf(known, now) < limits.freshMs ? served : { ...served, stale: true };
  });
  return { ...latest, cells };
}

/**
 * Until when `recall` gives the latest observation as it is, with every cell observed and fresh, in milliseconds since 1970;
 * never, when it lacks a cell.
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

/** Whether spot price and pod sizes were told too long ago, by an older answer. */
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

function isObserved(cell: Cell): cell is ObservedCell {
  return cell.failure === null;
}
