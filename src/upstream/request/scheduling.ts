import type { Demand } from '../../domain/catalog.ts';

/** The facts that decide whether a lane may start another task. */
export interface LaneLoad {
  /** Whether the lane is paused. A paused lane starts no tasks. */
  readonly isPaused: boolean;
  readonly running: number;
  /** The maximum number of tasks of the lane that may run at the same time. */
  readonly maxRunning: number;
}

/** The facts that decide when a task starts and whether it is cut off. Times are in milliseconds, by `performance.now()`. */
export interface Schedulable {
  readonly demand: Demand;
  readonly lane: LaneLoad;
  /** Among tasks that are otherwise equal, the one with the lowest turn starts next. */
  readonly turn: number;
  /** When the task first began to wait. */
  readonly cameAt: number;
  /** When the current run of the task began; `null` while the task has no slot. */
  readonly startedAt: number | null;
  /** How long a run may take before it makes way for waiting tasks. */
  readonly yieldAfterMs: number;
  /** Whether the task is suspected to hang: the task itself, or an earlier one about the same subject, was cut off or timed out. */
  readonly isSuspect: boolean;
  /** Whether the task was just cut off and still holds its slot. */
  readonly isEnding: boolean;
  /**
   * Whether the task was cut off when it was already a suspect. Such a task must not be cut off again, so `nextToStart` starts it only
   * while no running task hangs.
   */
  readonly isSpent: boolean;
}

/**
 * The longest interval between two checks of `nextToCutOff` while tasks wait, in milliseconds. Checks are frequent because a waiting task
 * can become more urgent at any moment, when a client begins to wait for it.
 */
const LONGEST_CHECK_INTERVAL_MS = 500;

/** How long a suspect lets other tasks of the same kind (awaited tasks or renewals) start first, in milliseconds. */
const LONGEST_BEHIND_MS = 10_000;

/**
 * Returns the waiting task that starts next, or `undefined` when no waiting task may start.
 * Awaited tasks start before renewals. Within each of these two kinds, a suspect starts after the healthy tasks, unless it has waited for
 * `LONGEST_BEHIND_MS`. Between equals, the task with the lowest turn starts first.
 * While no running task hangs, one suspect may start. A further suspect starts only when every running task hangs and no healthy task can
 * start. A spent suspect never starts as a further one, because it would have to make way again.
 */
export function nextToStart<T extends Schedulable>(
  waiting: readonly T[],
  running: readonly T[],
  now: number,
): T | undefined {
  // A task that was cut off is back in the queue before its run has ended.
  const startable = waiting.filter((task) => fits(task.lane) && !running.includes(task));
  const healthy = startable.filter(({ isSuspect }) => !isSuspect);
  const next = mostUrgent(healthy);
  const isAlone = healthy.length === 0 && running.every((task) => hangs(task, now));
  const suspect = suspectAmong(startable, running, isAlone, now);
  if (next === undefined || suspect === undefined) return next ?? suspect;
  const urgency = Number(suspect.demand.awaited) - Number(next.demand.awaited);
  const isOverdue = now - suspect.cameAt >= LONGEST_BEHIND_MS;
  return urgency > 0 || (urgency === 0 && isOverdue) ? suspect : next;
}

/** Returns the suspect that may start now, if there is one. */
function suspectAmong<T extends Schedulable>(
  startable: readonly T[],
  running: readonly T[],
  isAlone: boolean,
  now: number,
) {
  const suspects = startable.filter(({ isSuspect }) => isSuspect);
  if (!running.some((task) => hangs(task, now))) return mostUrgent(suspects);
  return isAlone ? mostUrgent(suspects.filter(({ isSpent }) => !isSpent)) : undefined;
}

/**
 * Returns the running task that must make way for a waiting task now, if there is one. A task must make way when it has run for longer than
 * it may while others wait. A suspect must also make way when another suspect runs.
 * One suspect always keeps its slot, so that a subject that is slow but does not hang is answered in the end. If a spent suspect runs, it
 * is the one that keeps its slot. Otherwise it is the suspect that started first. Only one task is cut off at a time, because each cut-off
 * may change how long the other tasks may run.
 */
export function nextToCutOff<T extends Schedulable>(
  waiting: readonly T[],
  running: readonly T[],
  now: number,
): T | undefined {
  if (running.some(({ isEnding }) => isEnding)) return undefined;
  const keeper = running.find(({ isSpent }) => isSpent) ?? running.find(({ isSuspect }) => isSuspect);
  return running.find(
    (task) =>
      task !== keeper &&
      task.startedAt !== null &&
      hangs(task, now) &&
      waiting.some((other) => !other.isSuspect && isAsUrgent(other, task) && fitsWithout(task, other.lane)),
  );
}

/**
 * Returns the milliseconds until `nextToCutOff` must be called again, because its result may change with time. Returns `undefined` when no
 * healthy task waits.
 */
export function nextCheckMs(
  waiting: readonly Schedulable[],
  running: readonly Schedulable[],
  now: number,
): number | undefined {
  if (waiting.every(({ isSuspect }) => isSuspect)) return undefined;
  const left = running.flatMap(({ startedAt, yieldAfterMs }) =>
    startedAt === null ? [] : startedAt + yieldAfterMs - now,
  );
  return Math.min(LONGEST_CHECK_INTERVAL_MS, ...left.filter((ms) => ms > 0));
}

const fits = ({ isPaused, running, maxRunning }: LaneLoad) => !isPaused && running < maxRunning;

/**
 * Returns the task with the lowest turn among the awaited tasks, or among all tasks if none is awaited. If several tasks have this turn,
 * returns the first of them.
 */
function mostUrgent<T extends Schedulable>(tasks: readonly T[]): T | undefined {
  const awaited = tasks.filter(({ demand }) => demand.awaited);
  let next: T | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const task of awaited.length > 0 ? awaited : tasks) {
    const { turn } = task;
    if (next !== undefined && turn >= lowest) continue;
    next = task;
    lowest = turn;
  }
  return next;
}

/** Whether a task is suspected to hang, or has run for longer than it may while others wait. */
const hangs = ({ isSuspect, startedAt, yieldAfterMs }: Schedulable, now: number) =>
  isSuspect || (startedAt !== null && now - startedAt >= yieldAfterMs);

const isAsUrgent = (task: Schedulable, other: Schedulable) => task.demand.awaited || !other.demand.awaited;

/** Whether a task of `lane` could start if `task` ended. */
const fitsWithout = (task: Schedulable, lane: LaneLoad) =>
  fits({ ...lane, running: lane.running - Number(lane === task.lane) });
