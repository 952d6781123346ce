import type { Demand } from '../../domain/catalog.ts';

/** The state of a lane (the queue of one source) that decides whether another task of the lane may start. */
export interface LaneLoad {
  /** Whether the lane is paused. A paused lane starts no tasks. */
  readonly isPaused: boolean;
  readonly running: number;
  /** The maximum number of tasks of the lane that may run at the same time. */
  readonly maxRunning: number;
}

/** The properties of a task that decide when it starts and whether it is cut off. Times are in milliseconds of `performance.now()`. */
export interface Schedulable {
  readonly demand: Demand;
  readonly lane: LaneLoad;
  /** The rank of the task in the queue. Among tasks with the same priority, the task with the lowest rank starts next. */
  readonly turn: number;
  /** When the task first began to wait. */
  readonly cameAt: number;
  /** When the current run of the task began; `null` while the task has no slot. */
  readonly startedAt: number | null;
  /** How long a run may take, in milliseconds. After that, the run may be cut off so that a waiting task can start. */
  readonly yieldAfterMs: number;
  /**
   * Whether the task is suspected of hanging. This is the case if this task, or an earlier task about the same subject, was cut off or
   * timed out.
   */
  readonly isSuspect: boolean;
  /** Whether the task was cut off a moment ago, and still occupies its slot. */
  readonly isEnding: boolean;
  /**
   * Whether the task was cut off when it was already suspected of hanging. Such a task must not be cut off again, so it starts only while
   * no running task hangs.
   */
  readonly isSpent: boolean;
}

/**
 * The maximum time between two calls of `nextToCutOff` while tasks wait, in milliseconds. It is short, because a queued task becomes more
 * urgent as soon as a client begins to wait for it.
 */
const LONGEST_CHECK_INTERVAL_MS = 500;

/**
 * For how long healthy tasks take precedence over a task that is suspected of hanging, in milliseconds. After this time, the suspected task
 * starts before healthy tasks of its own kind (tasks that clients wait for, or background renewals).
 */
const LONGEST_BEHIND_MS = 10_000;

/**
 * Returns the waiting task that starts next, or `undefined` if no waiting task may start. A suspect is a task that is suspected of hanging.
 * All other tasks are healthy. The tasks start in this order:
 * 1. Awaited tasks start before background renewals, which no client waits for.
 * 2. Within each of these two kinds, suspects that have waited for `LONGEST_BEHIND_MS` start first, then healthy tasks, then the other
 *    suspects.
 * 3. Among equal tasks, the task with the lowest turn (its rank in the queue) starts first.
 *
 * No suspect starts while a running task hangs, and a running suspect always counts as hanging. But if all running tasks hang and no
 * healthy task can start, a suspect that is not `isSpent` may start.
 */
export function nextToStart<T extends Schedulable>(
  waiting: readonly T[],
  running: readonly T[],
  now: number,
): T | undefined {
  // A task that was cut off returns to the queue before its run has ended. It can start again only after the end of that run.
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

/** Returns the suspect (a task that is suspected of hanging) that may start now; `undefined` if no suspect may start. */
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
 * Returns the running task that must be cut off now so that a waiting task can start, or `undefined` if all tasks may go on running. A task
 * is cut off if it has run for longer than `yieldAfterMs`, or if it is a suspect (suspected of hanging) while another suspect runs. But one
 * suspect always keeps its slot, so that a request that is slow but does not hang eventually gets its answer. If a suspect that `isSpent`
 * is running, it keeps its slot. Otherwise, the suspect that started first keeps its slot. Only one task is cut off at a time, because each
 * cut-off may change how long the other tasks may run.
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
 * Returns the milliseconds until `nextToCutOff` must be called again, because its result may change with time. Returns `undefined` if every
 * waiting task is a suspect, because no running task is cut off to start a suspect.
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
 * Returns the most urgent task: the one with the lowest turn (its rank in the queue). Tasks that no client waits for are considered only if
 * there are no other tasks. If several tasks have the lowest turn, returns the first of them.
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

/** Whether a task is suspected of hanging, or has run for longer than `yieldAfterMs`. */
const hangs = ({ isSuspect, startedAt, yieldAfterMs }: Schedulable, now: number) =>
  isSuspect || (startedAt !== null && now - startedAt >= yieldAfterMs);

const isAsUrgent = (task: Schedulable, other: Schedulable) => task.demand.awaited || !other.demand.awaited;

/** Whether a task of `lane` could start if `task` ended. */
const fitsWithout = (task: Schedulable, lane: LaneLoad) =>
  fits({ ...lane, running: lane.running - Number(lane === task.lane) });
