import { type Asked, askedOf } from '../domain/clock.ts';
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
   * When RunPod was asked for the first answer that says everything is sold out. It counts only after a second answer confirms it.
   * `null` when there is no such answer.
   */
  readonly doubted: Asked | null;
}

/**
 * Merges an answer with what is remembered. Answers may arrive in any order: of two about a cell, the one asked for later counts. An
 * answer that arrives late still adds the data centers that the later one was not asked about. A cell that failed keeps its last
 * known state. A cell from a source without spot prices and pod sizes keeps the known ones while
 * its availability is the same.
 */
export function remember(told: Observation, before: RememberedObservation | undefined): RememberedObservation {
  if (before === undefined) return { latest: told, lastKnown: [], doubted: null };
  const isLate = told.askedAt < before.latest.askedAt;
  const newer = isLate ? before.latest : told;
  const ids = new Set(newer.cells.map(({ dataCenterId }) => dataCenterId));
  const added = isLate ? told.cells.filter(({ dataCenterId }) => !ids.has(dataCenterId)) : [];
  const knownById = groupById([...before.lastKnown, ...before.latest.cells, ...told.cells].filter(isObserved));
  const lastKnown: ObservedCell[] = [];
  const cells = [...newer.cells, ...added].map((cell): Cell => {
    const known = knownById.get(cell.dataCenterId);
    if (known === undefined) return cell;
    const last = known.reduce((a, b) => (b.askedAt < a.askedAt ? a : b));
    if (isObserved(cell) || last.askedAt > newer.askedAt) return withLatestSpot(last, known);
    lastKnown.push(last);
    return cell;
  });
  const isDoubtLater = before.doubted !== null && before.doubted.askedAt > told.askedAt;
  return { latest: { ...newer, cells }, lastKnown, doubted: isDoubtLater ? before.doubted : null };
}

function groupById(cells: readonly ObservedCell[]): ReadonlyMap<string, readonly ObservedCell[]> {
  const groups = new Map<string, ObservedCell[]>();
  for (const cell of cells) {
    const group = groups.get(cell.dataCenterId);
    if (group === undefined) groups.set(cell.dataCenterId, [cell]);
    else group.push(cell);
  }
  return groups;
}

function withLatestSpot(cell: ObservedCell, known: readonly ObservedCell[]): ObservedCell {
  const alike = known.filter(({ available }) => available === cell.available);
  const latest = alike.reduce((a, b) => (spotTimeOf(b) > spotTimeOf(a) ? b : a), cell);
  return latest === cell ? cell : { ...cell, ...spotOf(latest, cell) };
}

const spotTimeOf = (cell: ObservedCell): number => cell.spotAskedAt ?? Number.NEGATIVE_INFINITY;

/** Leaves what is remembered as it was, because the answer is not believed yet. */
export function doubt(told: Observation, before: RememberedObservation): RememberedObservation {
  if (before.doubted !== null || told.askedAt < before.latest.askedAt) return before;
  return { ...before, doubted: askedOf(told) };
}

/**
 * Adds spot prices and pod sizes that a second source reports. Stock, on-demand price and time of a cell stay as the first source
 * reported them, also where the two disagree: then nothing is known of its spot price. Only a cell about which nothing is known is
 * taken from the second source as a whole. It counts as the latest state unless the first source failed at it later.
 */
export function supplement(told: Observation, before: RememberedObservation): RememberedObservation {
  const addedById = new Map(told.cells.filter(isObserved).map((cell) => [cell.dataCenterId, cell]));
  const lastKnownIds = new Set(before.lastKnown.map(({ dataCenterId }) => dataCenterId));
  const lastKnown = [...before.lastKnown];
  const cells = before.latest.cells.map((cell): Cell => {
    const added = addedById.get(cell.dataCenterId);
    if (added === undefined || lastKnownIds.has(cell.dataCenterId)) return cell;
    if (isObserved(cell)) return spotTimeOf(cell) > added.askedAt ? cell : { ...cell, ...spotOf(added, cell) };
    if (added.askedAt >= before.latest.askedAt) return added;
    lastKnown.push(added);
    return cell;
  });
  return { ...before, latest: { ...before.latest, cells }, lastKnown };
}

/** The spot price and pod sizes of `cell` according to `told`. */
function spotOf(told: ObservedCell, cell: ObservedCell) {
  if (told.available !== cell.available) return NO_SPOT;
  const { spotPrice, availableGpuCounts, spotObservedAt, spotAskedAt } = told;
  return { spotPrice: spotPriceOf(spotPrice, cell.onDemandPrice), availableGpuCounts, spotObservedAt, spotAskedAt };
}

/** Whether every cell of the latest observation was observed. */
export const isComplete = ({ latest }: RememberedObservation): boolean => latest.cells.every(isObserved);

/** How much earlier than the latest answer the oldest observed cell of `latest` was asked for, in milliseconds. */
export function spreadMs({ latest }: RememberedObservation): number {
  let oldest = latest.askedAt;
  for (const cell of latest.cells) if (isObserved(cell) && cell.askedAt < oldest) oldest = cell.askedAt;
  return latest.askedAt - oldest;
}

/** How old a cell may be, in milliseconds. */
export interface AgeLimits {
  /** Older ones are marked stale. */
  readonly freshMs: number;
  /** Older ones are not served. */
  readonly staleMs: number;
}

/**
 * What is known at `now`, on the steady scale of this process: the latest observation of each cell, or its last known state while
 * that is young enough, marked stale past its freshness; else why it is not known.
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
 * Until when `recall` returns the latest observation as it is, with every cell observed and fresh, on the steady scale of this
 * process; minus infinity when a cell failed.
 */
export function untilWhole(remembered: RememberedObservation, { freshMs, staleMs }: AgeLimits): number {
  if (!isComplete(remembered)) return Number.NEGATIVE_INFINITY;
  return Math.min(
    ...remembered.latest.cells.filter(isObserved).map(({ askedAt, spotAskedAt }) => {
      const until = askedAt + freshMs;
      return spotAskedAt === null ? until : Math.min(until, spotAskedAt + staleMs);
    }),
  );
}

const NO_SPOT = { spotPrice: null, availableGpuCounts: null, spotObservedAt: null, spotAskedAt: null } as const;

/** Whether an older answer reported the spot price and pod sizes too long ago. */
function isSpotTooOld(cell: Cell, { staleMs }: AgeLimits, now: number): boolean {
  if (!isObserved(cell) || cell.spotAskedAt === null || cell.spotObservedAt === cell.observedAt) return false;
  return now - cell.spotAskedAt >= staleMs;
}

const tooOld = ({ dataCenterId }: ObservedCell): FailedCell => ({
  dataCenterId,
  failure: {
    code: 'NOT_ATTEMPTED',
    message: 'The last answer is too old to be served, and no newer one was asked for yet',
  },
});

const ageOf = ({ askedAt }: ObservedCell, now: number): number => now - askedAt;
