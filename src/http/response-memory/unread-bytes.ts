import type { Client, Sink } from './sink.ts';
import { SinkProgress, slowestFirst } from './sink-progress.ts';

/** The limit that was exceeded when a connection was cut: the limit for its client, or the limit for all clients together. */
export type CutReason = 'client' | 'all';

/** Dependencies of `createUnreadBytes`. */
export interface UnreadBytesOptions {
  /** The maximum number of unread bytes of all clients together. */
  readonly maxBytes: number;
  readonly maxBytesPerClient: number;
  /** Returns the time of a monotonic clock, in milliseconds. */
  readonly now: () => number;
  readonly onCut: (reason: CutReason) => void;
}

/**
 * Counts the bytes that were written but that clients have not read yet. Cuts the slowest connections when there are too many such bytes.
 */
export interface UnreadBytes {
  /**
   * Counts the unread bytes of a sink (a response or a WebSocket). Call this after every write that leaves bytes unread. If a limit is
   * exceeded, the slowest connections are cut until the remaining unread bytes are within the limit.
   */
  readonly count: (sink: Sink) => void;
  /** Stops counting a sink. Call this when the client has read everything, or when the connection has closed. */
  readonly forget: (sink: Sink) => void;
  /** Returns the number of unread bytes of one client. */
  readonly of: (client: Client) => number;
  /**
   * Returns the number of unread bytes of all clients. It may include bytes that were read in the last `TOTAL_VALID_MS`, but is never too
   * low.
   */
  readonly total: () => number;
  /** Whether the counter contains no sinks (responses or WebSockets). */
  readonly isEmpty: () => boolean;
  /** Cuts stalled connections of `client`, or of all clients, until `bytes` are freed or no stalled connection is left. */
  readonly cutStalled: (bytes: number, client?: Client) => void;
}

/** How long a measured total of unread bytes is valid, in milliseconds. After that, every sink is measured again. */
const TOTAL_VALID_MS = 20;

/**
 * Creates a counter of the bytes that clients have not read yet. At first, it counts no sinks (responses and WebSockets). It needs no
 * timer, because it measures sinks when bytes are written or when a number is requested.
 */
export const createUnreadBytes = (options: UnreadBytesOptions): UnreadBytes => new UnreadByteCounter(options);

class UnreadByteCounter implements UnreadBytes {
  readonly #options: UnreadBytesOptions;
  readonly #sinks = new Map<Sink, SinkProgress>();
  readonly #byClient = new Map<Client, Set<SinkProgress>>();
  /**
   * The sum of the unread bytes of all sinks. Clients may have read bytes since their sinks were measured, so the sum may be too high, but
   * is never too low.
   */
  #sum = 0;
  #totalledAt = Number.NEGATIVE_INFINITY;

  constructor(options: UnreadBytesOptions) {
    this.#options = options;
  }

  count(sink: Sink): void {
    const { maxBytes, maxBytesPerClient } = this.#options;
    const progress = this.#sinks.get(sink) ?? this.#add(sink);
    this.#update([progress]);
    const ofClient = this.#ofClient(sink.client);
    const bytes = ofClient.size === 1 ? progress.bytes : this.#update(ofClient);
    if (bytes > maxBytesPerClient) this.#free(bytes - maxBytesPerClient, [...ofClient], 'client');
    if (this.#sum > maxBytes && this.#updateAll() > maxBytes) {
      this.#free(this.#sum - maxBytes, [...this.#sinks.values()], 'all');
    }
  }

  forget(sink: Sink): void {
    const progress = this.#sinks.get(sink);
    if (progress === undefined) return;
    this.#sum -= progress.bytes;
    this.#sinks.delete(sink);
    const ofClient = this.#ofClient(sink.client);
    ofClient.delete(progress);
    if (ofClient.size === 0) this.#byClient.delete(sink.client);
  }

  of(client: Client): number {
    return this.#update(this.#ofClient(client));
  }

  total(): number {
    return this.#options.now() - this.#totalledAt < TOTAL_VALID_MS ? this.#sum : this.#updateAll();
  }

  isEmpty(): boolean {
    return this.#sinks.size === 0;
  }

  cutStalled(bytes: number, client?: Client): void {
    const all = [...(client === undefined ? this.#sinks.values() : this.#ofClient(client))];
    this.#update(all);
    const stalled = all.filter((progress) => progress.isStalled());
    this.#free(bytes, stalled, client === undefined ? 'all' : 'client');
  }

  #ofClient(client: Client): Set<SinkProgress> {
    return this.#byClient.get(client) ?? new Set();
  }

  #add(sink: Sink): SinkProgress {
    const progress = new SinkProgress(sink, this.#options.now());
    this.#sinks.set(sink, progress);
    this.#byClient.set(sink.client, this.#ofClient(sink.client).add(progress));
    return progress;
  }

  /** Measures the given sinks. Returns the sum of their unread bytes. */
  #update(sinks: Iterable<SinkProgress>): number {
    const now = this.#options.now();
    let bytes = 0;
    for (const progress of sinks) {
      this.#sum += progress.update(now);
      bytes += progress.bytes;
    }
    return bytes;
  }

  #updateAll(): number {
    this.#update(this.#sinks.values());
    this.#totalledAt = this.#options.now();
    return this.#sum;
  }

  /**
   * Cuts the connections of sinks, in the order of `slowestFirst`, until `bytes` bytes of unread data are freed.
   */
  #free(bytes: number, sinks: readonly SinkProgress[], reason: CutReason): void {
    let remaining = bytes;
    for (const { sink, bytes: freed } of slowestFirst(sinks)) {
      if (remaining <= 0) return;
      remaining -= freed;
      this.forget(sink);
      this.#options.onCut(reason);
      sink.cut();
    }
  }
}
