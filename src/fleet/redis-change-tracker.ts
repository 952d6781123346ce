import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createTurns } from '../cache/turns.ts';
import type { Change, Difference } from '../domain/change.ts';
import type { Cell, ObservationScope } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import { type ChangeLog, createChangeLog } from '../live/change-log.ts';
import type { ChangeTracker, ReportChange } from '../live/change-tracker.ts';
import { notOlder, see } from '../live/last-seen.ts';
import { type ChangeStream, isBefore, isStreamId, readChanges } from './change-stream.ts';
import { createKnownCells } from './known-cells.ts';
import type { RedisServer } from './redis.ts';
import { createSharedCells, type SharedCells } from './shared-cells.ts';
import type { UnfitValues } from './unfit-values.ts';
import { UnreadWrites } from './unread-writes.ts';
import type { ValueShapes, WrittenChange } from './value-shapes.ts';

/** The maximum time that `reached` waits for this replica to read an event of another replica, in milliseconds. */
const REACHED_MS = 1000;
/** How long `reached` waits before it checks again whether the event has been read, in milliseconds. */
const LOOK_AGAIN_MS = 20;

/** Options of the change tracker: how values from Redis are checked, and how faults are reported. */
export interface ChangeTrackerOptions {
  readonly unfit: UnfitValues;
  readonly shapes: ValueShapes;
  /**
   * Called with each unexpected error in finding or sending changes of stock and prices. Such an error loses the changes of at most one
   * observation.
   */
  readonly onFault: (error: unknown) => void;
}

/**
 * Creates a tracker that shares changes of stock and prices through a stream in Redis. If several replicas observe the same change, only
 * the first one writes it to the stream. Every replica reads the stream and sends the changes to its subscribers, unless they already know
 * the change. When a replica has read back all changes of one of its own writes, it compares the data that Redis contained after
 * the write with the data that its subscribers know, and sends missing events. While Redis is unavailable or refuses commands, each replica
 * sends only the changes that it observes itself.
 *
 * An event gets the id of its stream entry only while the subscribers of this replica know exactly the data in Redis. Every other event
 * gets an id that no other replica knows. If a client reconnects to another replica after such an event, its subscription is refused.
 * Otherwise the client could miss events without noticing it.
 */
export function createRedisChangeTracker(
  redis: RedisServer,
  options: ChangeTrackerOptions,
  now: () => number,
  report: ReportChange,
): ChangeTracker {
  const tracker = new RedisChangeTracker(redis, options, createChangeLog(now), report);
  return {
    observed: (scope, cells) => tracker.observed(scope, cells),
    observedElsewhere: (scope, cells) => tracker.observedElsewhere(scope, cells),
    reached: (id) => tracker.reached(id),
    since: (id) => tracker.since(id),
  };
}

class RedisChangeTracker {
  readonly #known = createKnownCells();
  readonly #shared: SharedCells;
  readonly #stream: ChangeStream;
  readonly #log: ChangeLog;
  readonly #report: ReportChange;
  readonly #inTurn: (scope: ObservationScope, task: () => Promise<void>) => Promise<void>;
  /** The GPU types and pod sizes, by name, whose cells in Redis may differ from the cells that this replica's subscribers know. */
  readonly #unconfirmed = new Map<string, ObservationScope>();
  readonly #unread = new UnreadWrites();
  #isConfirming = false;

  constructor(
    redis: RedisServer,
    { unfit, shapes, onFault }: ChangeTrackerOptions,
    log: ChangeLog,
    report: ReportChange,
  ) {
    const inTurn = createTurns();
    this.#log = log;
    this.#report = report;
    this.#inTurn = (scope, task) => inTurn(nameOfObservation(scope), task).catch(onFault);
    this.#shared = createSharedCells(redis.client, { unfit, shapes });
    this.#stream = readChanges(
      redis,
      { unfit, shapes },
      {
        onFault,
        onChange: (id, change) => this.#take(id, change),
        onGap: () => this.#doubtAll(),
        onSend: () => this.#unread.readSent(),
        onRead: (isEnd) => {
          this.#compareRead(isEnd);
          void this.#confirm();
        },
      },
    );
  }

  observed(scope: ObservationScope, cells: readonly Cell[]): void {
    void this.#inTurn(scope, () => this.#observe(scope, cells));
  }

  observedElsewhere(scope: ObservationScope, cells: readonly Cell[]): void {
    // Another replica observed these cells, but may have stopped before it wrote their changes to the stream. So if the cells are news to
    // this replica's subscribers, this replica handles them like an observation of its own.
    if (this.#known.isNews(scope, cells)) this.observed(scope, cells);
    else this.#update(scope, cells);
  }

  async reached(id: string): Promise<void> {
    const until = performance.now() + REACHED_MS;
    while (isStreamId(id) && isBefore(this.#stream.position() ?? '0-0', id) && performance.now() < until)
      await wait(LOOK_AGAIN_MS);
  }

  async since(id: string): Promise<readonly Change[] | null> {
    const sentHere = this.#log.since(id);
    if (sentHere !== null) return sentHere;
    const isAsInStream = this.#unconfirmed.size === 0 && !this.#log.has((change) => !isStreamId(change.id));
    return isAsInStream ? this.#stream.since(id) : null;
  }

  async #observe(scope: ObservationScope, cells: readonly Cell[]): Promise<void> {
    if (await this.#share(scope, cells)) return;
    const differences = this.#update(scope, cells);
    if (differences.length === 0) return;
    this.#unread.forget(scope);
    this.#unconfirmed.set(nameOfObservation(scope), scope);
    this.#sendAlone(differences);
  }

  /** Writes to Redis the data that this replica's subscribers know, updated with `cells`. Returns whether the write succeeded. */
  async #share(scope: ObservationScope, cells: readonly Cell[]): Promise<boolean> {
    // Reading starts at the end of the stream. Until that position is known, no changes are written, because they could come before it and
    // would never be read.
    if (this.#stream.position() === null) return false;
    const written = await this.#shared.write(scope, this.#known.of(scope), cells).catch(() => null);
    if (written === null) return false;
    this.#unread.add({ scope, ...written });
    this.#compareRead(false);
    return true;
  }

  /**
   * Replaces the known state of each cell in `cells`, unless the new state is older. Does not write to Redis. Returns the events that tell
   * subscribers the differences.
   */
  #update(scope: ObservationScope, cells: readonly Cell[]): readonly Difference[] {
    const known = new Map(this.#known.of(scope));
    see(known, notOlder(cells, known));
    return this.#known.update(scope, known);
  }

  /** Applies a change from the stream. If subscribers do not know the change, sends an event. */
  #take(id: string, change: WrittenChange): void {
    const difference = this.#known.take(change);
    if (difference !== null) this.#send(this.#unconfirmed.size === 0 ? id : ownId(), difference);
  }

  /**
   * Compares the cells that this replica wrote to Redis with the cells that subscribers know, and sends events for the differences. The
   * cells of a write are compared after all changes of that write have been read from the stream, or have turned out to be lost.
   */
  #compareRead(isEnd: boolean): void {
    for (const { scope, cells } of this.#unread.takeRead(this.#stream.position(), isEnd)) {
      this.#sendAlone(this.#known.update(scope, cells));
      this.#unconfirmed.delete(nameOfObservation(scope));
    }
  }

  #doubtAll(): void {
    this.#unread.forgetAll();
    for (const scope of this.#known.scopes()) this.#unconfirmed.set(nameOfObservation(scope), scope);
  }

  /**
   * For each GPU type and pod size in `#unconfirmed`, writes to Redis the cells that subscribers know. When all changes of such a write
   * have been read or are lost, `#compareRead` compares the cells that Redis contained after the write with those that subscribers know,
   * and sends events for the differences. Stops at the first write that fails.
   */
  async #confirm(): Promise<void> {
    if (this.#isConfirming) return;
    this.#isConfirming = true;
    let isShared = true;
    for (const scope of this.#unconfirmed.values()) {
      await this.#inTurn(scope, async () => {
        isShared = await this.#share(scope, []);
      });
      if (!isShared) break;
    }
    this.#isConfirming = false;
  }

  #send(id: string, difference: Difference): void {
    const change = { id, ...difference };
    this.#log.add([change]);
    this.#report(change);
  }

  #sendAlone(differences: readonly Difference[]): void {
    for (const difference of differences) this.#send(ownId(), difference);
  }
}

/**
 * Returns an event id that no other replica knows. It is used for an event without a stream entry, and for all events while the cells in
 * Redis may differ from the cells that subscribers know.
 */
const ownId = (): string => `alone:${randomUUID()}`;
