import type { Cell, FailedCell, Observation, ObservedCell } from '../domain/observation.ts';

/** The latest observation, and for cells that failed in it, what was last known of them. */
export interface RememberedObservation {
  readonly latest: Observation;
  readonly lastKnown: readonly ObservedCell[];
}

/** Adds an observation to what is remembered. A cell that failed keeps what was last known of it. */
export function remember(latest: Observation, before: RememberedObservation | undefined): RememberedObservation {
  const failedIds = new Set(latest.cells.flatMap((cell) => (cell.failure === null ? [] : [cell.dataCenterId])));
  if (failedIds.size === 0 || before === undefined) return { latest, lastKnown: [] };
  const known = [...before.latest.cells.filter(isObserved), ...before.lastKnown];
  return { latest, lastKnown: known.filter(({ dataCenterId }) => failedIds.has(dataCenterId)) };
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
  if (lastKnown.length === 0 && (firstKnown === undefined || ageOf(firstKnown, now) < limits.freshMs)) return latest;
  const lastKnownById = new Map(lastKnown.map((cell) => [cell.dataCenterId, cell]));
  const cells = latest.cells.map((cell): Cell => {
    const known = isObserved(cell) ? cell : lastKnownById.get(cell.dataCenterId);
    if (known === undefined || ageOf(known, now) >= limits.staleMs) return isObserved(cell) ? tooOld(cell) : cell;
    return ageOf(known, now) < limits.freshMs ? known : { ...known, stale: true };
  });
  return { ...latest, cells };
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
