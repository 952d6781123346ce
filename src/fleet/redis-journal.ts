import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Difference } from '../domain/change.ts';
import type { Cell, ObservationScope } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import { createChangeLog } from '../live/change-log.ts';
import type { Journal, Tell } from '../live/journal.ts';
import { notOlder, see } from '../live/last-seen.ts';
import { isBefore, isStreamId, readChanges } from './change-stream.ts';
import type { RedisServer } from './redis.ts';
import { createSharedCells, type WrittenCells } from './shared-cells.ts';
import { createToldCells } from './told-cells.ts';
import type { UnfitValues } from './unfit-values.ts';
import type { ValueShapes } from './value-shapes.ts';

/** How long to wait for another replica's event, and how often to check for it, in milliseconds. */
const REACHED_MS = 1000;
const LOOK_AGAIN_MS = 20;

/** What the journal needs to report faults and judge shared values. */
export interface JournalOptions {
  readonly unfit: UnfitValues;
  readonly shapes: ValueShapes;
  /** Called with each error in finding or sending changes. Only the changes of that observation are lost. */
  readonly onFault: (error: unknown) => void;
}

/** Cells that were written, to be compared with what subscribers know. */
interface Check extends WrittenCells {
  readonly scope: ObservationScope;
  /** Whether the current read of the stream was sent after the write. Then an empty result means that the changes are lost. */
  wasReadSent: boolean;
}

/**
 * Creates a journal in Redis. One script writes the observation of a GPU type together with its changes, so that a change that two
 * replicas observe is written once. Every replica sends the changes of the stream, in stream order, as far as they are new to its
 * subscribers. When it has read all changes of a write, its subscribers know what Redis knows, unless a fault lost events. In that
 * case it sends what is missing. While Redis is unavailable or refuses commands, each replica sends what it observes itself.
 *
 * An event carries its id in the stream only while the subscribers of this replica know exactly the state of the stream. Any other
 * event gets an id that no other replica knows. A client that resumes after such an event on another replica is refused, so it
 * cannot miss events unnoticed.
 */
export function createRedisJournal(
  redis: RedisServer,
  { unfit, shapes, onFault }: JournalOptions,
  now: () => number,
  tell: Tell,
): Journal {
  const told = createToldCells();
  const shared = createSharedCells(redis.client, { unfit, shapes });
  const log = createChangeLog(now);
  const turns = new Map<string, Promise<void>>();
  /** Scopes whose state in Redis may differ from what subscribers here know, by name. */
  const unconfirmed = new Map<string, ObservationScope>();
  /** Writes whose changes this replica has yet to read, by name of the scope. */
  const checks = new Map<string, Check>();
  let isConfirming = false;

  const stream = readChanges(
    redis,
    { unfit, shapes },
    {
      onFault,
      onChange(id, change) {
        const difference = told.take(change);
        if (difference !== null) send(unconfirmed.size === 0 ? id : ownId(), difference);
      },
      onGap() {
        checks.clear();
        for (const scope of told.scopes()) unconfirmed.set(nameOfObservation(scope), scope);
      },
      onSend() {
        for (const one of checks.values()) one.wasReadSent = true;
      },
      onRead(isEnd) {
        check(isEnd);
        void confirm();
      },
    },
  );

  function send(id: string, difference: Difference): void {
    const change = { id, ...difference };
    log.add([change]);
    tell(change);
  }

  function sendAlone(differences: readonly Difference[]): void {
    for (const difference of differences) send(ownId(), difference);
  }

  /**
   * Sends what subscribers have missed, for each write whose changes were read, or are not in the stream although its end was
   * reached.
   */
  function check(isEnd: boolean): void {
    for (const [name, { scope, cells, end, wasReadSent }] of checks) {
      if (!(isEnd && wasReadSent) && isBefore(stream.position() ?? end, end)) continue;
      checks.delete(name);
      sendAlone(told.update(scope, cells));
      unconfirmed.delete(name);
    }
  }

  /** Compares the unconfirmed scopes with Redis, until Redis refuses. */
  async function confirm(): Promise<void> {
    if (isConfirming) return;
    isConfirming = true;
    let isShared = true;
    for (const scope of unconfirmed.values()) {
      await inTurn(scope, async () => {
        isShared = await share(scope, []);
      });
      if (!isShared) break;
    }
    isConfirming = false;
  }

  /** Writes what subscribers here know, and newer cells. Returns whether Redis has them now. */
  async function share(scope: ObservationScope, cells: readonly Cell[]): Promise<boolean> {
    // A replica that does not know the end of the stream might not read what it writes.
    if (stream.position() === null) return false;
    const written = await shared.write(scope, told.of(scope), cells).catch(() => null);
    if (written === null) return false;
    checks.set(nameOfObservation(scope), { scope, ...written, wasReadSent: false });
    check(false);
    return true;
  }

  async function observe(scope: ObservationScope, cells: readonly Cell[]): Promise<void> {
    if (await share(scope, cells)) return;
    const differences = update(scope, cells);
    if (differences.length === 0) return;
    checks.delete(nameOfObservation(scope));
    unconfirmed.set(nameOfObservation(scope), scope);
    sendAlone(differences);
  }

  /** Applies cells without Redis. Returns the events that subscribers now need. */
  function update(scope: ObservationScope, cells: readonly Cell[]): readonly Difference[] {
    const known = new Map(told.of(scope));
    see(known, notOlder(cells, known));
    return told.update(scope, known);
  }

  function inTurn(scope: ObservationScope, task: () => Promise<void>): Promise<void> {
    const name = nameOfObservation(scope);
    const turn = (turns.get(name) ?? Promise.resolve())
      .then(task)
      .catch(onFault)
      .finally(() => {
        if (turns.get(name) === turn) turns.delete(name);
      });
    turns.set(name, turn);
    return turn;
  }

  return {
    observed: (scope, cells) => void inTurn(scope, () => observe(scope, cells)),
    heard(scope, cells) {
      // The replica that observed a change may have died before it wrote the change.
      if (told.isNews(scope, cells)) void inTurn(scope, () => observe(scope, cells));
      else update(scope, cells);
    },
    async reached(id) {
      const until = performance.now() + REACHED_MS;
      while (isStreamId(id) && isBefore(stream.position() ?? '0-0', id) && performance.now() < until)
        await wait(LOOK_AGAIN_MS);
    },
    async since(id) {
      const sentHere = log.since(id);
      if (sentHere !== null) return sentHere;
      const isAsInStream = unconfirmed.size === 0 && !log.has((change) => !isStreamId(change.id));
      return isAsInStream ? stream.since(id) : null;
    },
  };
}

/** Returns an id for an event that is not in the stream, or that was sent here in another order. */
const ownId = (): string => `alone:${randomUUID()}`;
