import { type Asked, askedOf } from '../domain/clock.ts';
import {
  type Cell,
  type FailedCell,
  isObserved,
  type Observation,
  type ObservedCell,
  spotPriceOf,
} from '../domain/observation.ts';

/** The latest observation, and the last known state of each cell that failed in it. */
export interface RememberedObservation {
  readonly latest: Observation;
  readonly lastKnown: readonly ObservedCell[];
  /**
   * When the doubted answer was requested; `null` if no answer is doubted. The gateway doubts an answer that reports everything as sold out
   * until a second answer confirms it.
   */
  readonly doubted: Asked | null;
}

/**
 * Merges an answer into the remembered observation. Answers may arrive in any order. If two answers contain the same cell, the answer that
 * was requested later wins. An older answer that arrives late also adds the cells that the newer answer does not contain. A failed cell
 * keeps its last known state. A cell keeps its last known spot price and pod sizes if the source does not report them and the availability
 * is unchanged.
 */
export function remember(answer: Observation, before: RememberedObservation | undefined): RememberedObservation {
  if (before === undefined) return { latest: answer, lastKnown: [], doubted: null };
  const isLate = answer.askedAt < before.latest.askedAt;
  const newer = isLate ? before.latest : answer;
  const ids = new Set(newer.cells.map(({ dataCenterId }) => dataCenterId));
  const added = isLate ? answer.cells.filter(({ dataCenterId }) => !ids.has(dataCenterId)) : [];
  const knownById = groupById([...before.lastKnown, ...before.latest.cells, ...answer.cells].filter(isObserved));
  const lastKnown: ObservedCell[] = [];
  const cells = [...newer.cells, ...added].map((cell): Cell => {
    const known = knownById.get(cell.dataCenterId);
    if (known === undefined) return cell;
    const last = known.reduce((a, b) => (b.askedAt < a.askedAt ? a : b));
    if (isObserved(cell) || last.askedAt > newer.askedAt) return withLatestSpot(last, known);
    lastKnown.push(last);
    return cell;
  });
  const isDoubtLater = before.doubted !== null && before.doubted.askedAt > answer.askedAt;
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

/**
 * Records that the gateway doubts an answer. The remembered cells stay unchanged. If no observation is remembered yet, the cells of the
 * answer count as failed until a later answer confirms or contradicts it.
 */
export function doubt(answer: Observation, before: RememberedObservation | undefined): RememberedObservation {
  if (before === undefined) {
    const cells = answer.cells.map((cell) => (isObserved(cell) ? unconfirmed(cell) : cell));
    return { latest: { ...answer, cells }, lastKnown: [], doubted: askedOf(answer) };
  }
  if (before.doubted !== null || answer.askedAt < before.latest.askedAt) return before;
  return { ...before, doubted: askedOf(answer) };
}

const unconfirmed = ({ dataCenterId }: ObservedCell): FailedCell => ({
  dataCenterId,
  failure: {
    code: 'BAD_RESPONSE',
    message: 'RunPod suddenly reports everything as sold out. The gateway waits until a later answer confirms this',
  },
});

/**
 * Adds the spot prices and pod sizes that a second source reported. An observed cell keeps the stock, on-demand price and time from the
 * first source. If the two sources disagree about the availability of a cell, its spot price and pod sizes become unknown. If the first
 * source has never observed a cell, the cell takes its whole state from the second source. But if this state is older than the first
 * source's latest answer, it is only stored as the last known state of the cell, and the cell itself remains failed.
 */
export function supplement(answer: Observation, before: RememberedObservation): RememberedObservation {
  const addedById = new Map(answer.cells.filter(isObserved).map((cell) => [cell.dataCenterId, cell]));
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

/**
 * Returns the spot price and pod sizes that `answer` adds to `cell`. All fields are `null` if `answer` and `cell` disagree about the
 * availability.
 */
function spotOf(answer: ObservedCell, cell: ObservedCell) {
  if (answer.available !== cell.available) return NO_SPOT;
  const { spotPrice, availableGpuCounts, spotObservedAt, spotAskedAt } = answer;
  return { spotPrice: spotPriceOf(spotPrice, cell.onDemandPrice), availableGpuCounts, spotObservedAt, spotAskedAt };
}

/** Whether all cells of the latest observation could be observed. */
export const isComplete = ({ latest }: RememberedObservation): boolean => latest.cells.every(isObserved);

/** Returns how much older the oldest observed cell is than the latest observation, in milliseconds. */
export function spreadMs({ latest }: RememberedObservation): number {
  let oldest = latest.askedAt;
  for (const cell of latest.cells) if (isObserved(cell) && cell.askedAt < oldest) oldest = cell.askedAt;
  return latest.askedAt - oldest;
}

/** The limits for the age of a cell, in milliseconds. */
export interface AgeLimits {
  /** A cell of this age or older is marked stale. */
  readonly freshMs: number;
  /** A cell of this age or older is no longer served. */
  readonly staleMs: number;
}

/**
 * Returns the observation as it is served at the time `now`, in monotonic milliseconds of this process. A failed cell gets its last known
 * state. A cell whose state is no longer fresh is marked as stale. A cell whose state is too old to be served counts as failed.
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

/** Whether `recall` must change a cell, because the cell is no longer fresh or its spot price is too old. */
const isPastFreshness = (cell: Cell, limits: AgeLimits, now: number): boolean =>
  isObserved(cell) && (ageOf(cell, now) >= limits.freshMs || isSpotTooOld(cell, limits, now));

/**
 * Returns the time until which `recall` returns the latest observation unchanged, in monotonic milliseconds of this process. Until then,
 * every cell is observed and fresh. Returns minus infinity if a cell failed.
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

/**
 * Whether the spot price and pod sizes of a cell are too old: they come from a different answer than its stock, and that answer is at least
 * `staleMs` old.
 */
function isSpotTooOld(cell: Cell, { staleMs }: AgeLimits, now: number): boolean {
  if (!isObserved(cell) || cell.spotAskedAt === null || cell.spotObservedAt === cell.observedAt) return false;
  return now - cell.spotAskedAt >= staleMs;
}

const tooOld = ({ dataCenterId }: ObservedCell): FailedCell => ({
  dataCenterId,
  failure: {
    code: 'NOT_ATTEMPTED',
    message: 'The last answer is too old to be served, and the gateway has not requested a newer one yet',
  },
});

const ageOf = ({ askedAt }: ObservedCell, now: number): number => now - askedAt;
