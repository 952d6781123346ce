import type { Demand } from '../domain/catalog.ts';

/** How busy a lane is. */
export interface LaneLoad {
  /** Whether it may start nothing for now. */
  readonly isPaused: boolean;
  readonly running: number;
  /** Tasks of the lane that may run at once. */
  readonly most: number;
}

/** What decides when a task is started and whether it is cut off. Times are in milliseconds, by `performance.now()`. */
export interface Turn {
  readonly demand: Demand;
  readonly lane: LaneLoad;
  /** Of tasks that are otherwise equal, the one with the lowest turn is started next. */
  readonly turn: number;
  /** When it began to wait, for the first time. */
  readonly cameAt: number;
  /** When its current run began; `null` while it holds no slot. */
  readonly startedAt: number | null;
  /** How long a run may take before it makes way for tasks that wait. */
  readonly patienceMs: number;
  /** Whether it is known to hang: it, or an earlier task about the same subject, was cut off or timed out. */
  readonly isSuspect: boolean;
  /** Whether it was cut off a moment ago and still holds its slot. */
  readonly isEnding: boolean;
  /** Whether it was cut off as a suspect. `nextOf` starts it only where it need not make way again. */
  readonly isSpent: boolean;
}

/** The longest time until `toCutOff` is asked again while tasks wait, since a client may join a task at any moment. */
const LOOK_AGAIN_MS = 500;

/** The longest time for which a suspect waits behind tasks that keep coming, in milliseconds. */
const LONGEST_BEHIND_MS = 10_000;

/**
 * The waiting task that is started next, or `undefined` when none may start. Awaited tasks go before renewals, suspects after
 * the others of either kind, unless they have waited long. Among equals the lowest turn decides. One suspect may run beside other tasks. More of them run only in slots
 * that nothing else needs, and a spent suspect never does, because it could not make way.
 */
export function nextOf<T extends Turn>(waiting: readonly T[], running: readonly T[], now: number): T | undefined {
  // A task that was cut off waits already while its last run ends.
  const startable = waiting.filter((turn) => fits(turn.lane) && !running.includes(turn));
  const healthy = startable.filter(({ isSuspect }) => !isSuspect);
  const next = mostUrgent(healthy);
  const isAlone = healthy.length === 0 && running.every((turn) => hangs(turn, now));
  const suspect = suspectAmong(startable, running, isAlone, now);
  if (next === undefined || suspect === undefined) return next ?? suspect;
  const urgency = Number(suspect.demand.awaited) - Number(next.demand.awaited);
  const isOverdue = now - suspect.cameAt >= LONGEST_BEHIND_MS;
  return urgency > 0 || (urgency === 0 && isOverdue) ? suspect : next;
}

/** The suspect that may start now, if any. */
function suspectAmong<T extends Turn>(startable: readonly T[], running: readonly T[], isAlone: boolean, now: number) {
  const suspects = startable.filter(({ isSuspect }) => isSuspect);
  if (!running.some((turn) => hangs(turn, now))) return mostUrgent(suspects);
  return isAlone ? mostUrgent(suspects.filter(({ isSpent }) => !isSpent)) : undefined;
}

/**
 * The running task that must make way for a waiting one now, if any: a task past its patience, or a suspect beside another
 * suspect. The first suspect keeps its slot, so that a subject that is slow and does not hang is answered in the end. One task
 * ends at a time, because that may change the patience with the others.
 */
export function toCutOff<T extends Turn>(waiting: readonly T[], running: readonly T[], now: number): T | undefined {
  if (running.some(({ isEnding }) => isEnding)) return undefined;
  const keeper = running.find(({ isSuspect }) => isSuspect);
  return running.find(
    (turn) =>
      turn !== keeper &&
      turn.startedAt !== null &&
      hangs(turn, now) &&
      waiting.some((other) => !other.isSuspect && isAsUrgent(other, turn) && fitsWithout(turn, other.lane)),
  );
}

/** Milliseconds until `toCutOff` may give another answer by the passing of time; `undefined` when nothing waits. */
export function lookAgainMs(waiting: readonly Turn[], running: readonly Turn[], now: number): number | undefined {
  if (waiting.every(({ isSuspect }) => isSuspect)) return undefined;
  const left = running.flatMap(({ startedAt, patienceMs }) => (startedAt === null ? [] : startedAt + patienceMs - now));
  return Math.min(LOOK_AGAIN_MS, ...left.filter((ms) => ms > 0));
}

const fits = ({ isPaused, running, most }: LaneLoad) => !isPaused && running < most;

/** An awaited task if there is one; of several, the one with the lowest turn, or the first of those with the same turn. */
function mostUrgent<T extends Turn>(turns: readonly T[]): T | undefined {
  const awaited = turns.filter(({ demand }) => demand.awaited);
  let next: T | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const one of awaited.length > 0 ? awaited : turns) {
    const { turn } = one;
    if (next !== undefined && turn >= lowest) continue;
    next = one;
    lowest = turn;
  }
  return next;
}

/** Whether a task is known to hang, or seems to. */
const hangs = ({ isSuspect, startedAt, patienceMs }: Turn, now: number) =>
  isSuspect || (startedAt !== null && now - startedAt >= patienceMs);

const isAsUrgent = (turn: Turn, other: Turn) => turn.demand.awaited || !other.demand.awaited;

/** Whether the end of `turn` would let a task of `lane` start. */
const fitsWithout = (turn: Turn, lane: LaneLoad) =>
  fits({ ...lane, running: lane.running - Number(lane === turn.lane) });
