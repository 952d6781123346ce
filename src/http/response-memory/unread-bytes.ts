/** What limits are counted for: the name of a client, or the connection of a client that has no name. */
export type Client = string | object;

/** A response or a WebSocket: something that a client reads. */
export interface Sink {
  readonly client: Client;
  /** Bytes that were written and that the operating system has not taken yet. They are in memory. */
  readonly unread: () => number;
  /** Bytes that the operating system has ever taken from the connection. */
  readonly taken: () => number;
  /** Closes the connection and frees what waits for it. */
  readonly cut: () => void;
}

/** Which limit a cut connection was past. */
export type CutReason = 'client' | 'all';

/** What counting unread bytes needs. */
export interface UnreadBytesOptions {
  /** Unread bytes of all clients. */
  readonly maxBytes: number;
  readonly maxBytesPerClient: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly onCut: (reason: CutReason) => void;
}

/** The bytes that were written and that clients have not read, of each client and of all. */
export interface UnreadBytes {
  /**
   * Counts what an sink has unread now. To be called after every write that leaves something unread. Past a limit, the slowest
   * connections are cut until the rest is within it.
   */
  readonly count: (sink: Sink) => void;
  /** To be called when the sink has been read to its end or closed. */
  readonly forget: (sink: Sink) => void;
  readonly of: (client: Client) => number;
  readonly total: () => number;
  /** Whether nothing was left unread. */
  readonly isEmpty: () => boolean;
  /** Frees `bytes` if it can, by cutting stalled connections of `client`, or of all. */
  readonly cutStalled: (bytes: number, client?: Client) => void;
}

/** A connection is stalled if it took fewer bytes than these in the last two seconds or more, though it had as many to take. */
const STALLED_BYTES_PER_MS = 50;
const JUDGED_MS = 2000;

/** How long a sum over all connections is good enough to judge whether there is room. It is never too low. */
const SUM_MS = 20;

interface Counted {
  bytes: number;
  isStalled: boolean;
  hasRead: boolean;
  /** The state when the time over which the connection is judged began. */
  since: { readonly at: number; readonly taken: number; readonly bytes: number };
}

/** Counts nothing until something is unread, and uses no timer: connections are looked at when more is written. */
export function createUnreadBytes({ maxBytes, maxBytesPerClient, now, onCut }: UnreadBytesOptions): UnreadBytes {
  const counted = new Map<Sink, Counted>();
  const byClient = new Map<Client, Set<Sink>>();
  /** What was counted when each sink was last looked at. Clients may have read since, so it is never too low. */
  let sum = 0;
  let refreshedAt = Number.NEGATIVE_INFINITY;

  function look(sink: Sink, known: Counted): void {
    const [bytes, taken, at] = [sink.unread(), sink.taken(), now()];
    const { since } = known;
    const [read, ms] = [taken - since.taken, at - since.at];
    if (read > 0) known.hasRead = true;
    if (ms >= JUDGED_MS) {
      known.isStalled = read < Math.min(STALLED_BYTES_PER_MS * ms, since.bytes);
      known.since = { at, taken, bytes };
    } else if (known.bytes === 0) {
      known.since = { at, taken, bytes };
    }
    sum += bytes - known.bytes;
    known.bytes = bytes;
  }

  function add(sink: Sink): Counted {
    const since = { at: now(), taken: sink.taken(), bytes: 0 };
    const known = { bytes: 0, isStalled: false, hasRead: false, since };
    counted.set(sink, known);
    const ofClient = byClient.get(sink.client);
    if (ofClient === undefined) byClient.set(sink.client, new Set([sink]));
    else ofClient.add(sink);
    return known;
  }

  function forget(sink: Sink): void {
    const known = counted.get(sink);
    if (known === undefined) return;
    sum -= known.bytes;
    counted.delete(sink);
    const ofClient = byClient.get(sink.client);
    ofClient?.delete(sink);
    if (ofClient?.size === 0) byClient.delete(sink.client);
  }

  function cut(sink: Sink, reason: CutReason): void {
    forget(sink);
    onCut(reason);
    sink.cut();
  }

  /** Looks at these sinks again. Returns their bytes. */
  function bytesOf(sinks: Iterable<Sink>): number {
    let bytes = 0;
    for (const sink of sinks) {
      const known = counted.get(sink);
      if (known === undefined) continue;
      look(sink, known);
      bytes += known.bytes;
    }
    return bytes;
  }

  const of = (client: Client): number => bytesOf(byClient.get(client) ?? []);

  function refresh(): number {
    bytesOf(counted.keys());
    refreshedAt = now();
    return sum;
  }

  /**
   * Stalled ones come first, and those that were seen to read last. Among equals those with most to read come first: cutting them frees
   * most.
   */
  function slowestFirst(sinks: Iterable<Sink>) {
    const all = [...sinks].flatMap((sink) => {
      const known = counted.get(sink);
      if (known === undefined) return [];
      const isStalled = known.bytes > 0 && known.isStalled;
      const rank = isStalled ? 0 : known.hasRead ? 2 : 1;
      return [{ sink, bytes: known.bytes, isStalled, rank }];
    });
    return all.toSorted((a, b) => a.rank - b.rank || b.bytes - a.bytes);
  }

  function free(bytes: number, sinks: ReturnType<typeof slowestFirst>, reason: CutReason): void {
    let left = bytes;
    for (const one of sinks) {
      if (left <= 0) return;
      left -= one.bytes;
      cut(one.sink, reason);
    }
  }

  return {
    forget,
    of,
    isEmpty: () => counted.size === 0,
    total: () => (now() - refreshedAt < SUM_MS ? sum : refresh()),
    count(sink) {
      const known = counted.get(sink) ?? add(sink);
      look(sink, known);
      const ofClient = byClient.get(sink.client) ?? NONE;
      const bytes = ofClient.size === 1 ? known.bytes : of(sink.client);
      if (bytes > maxBytesPerClient) free(bytes - maxBytesPerClient, slowestFirst(ofClient), 'client');
      if (sum > maxBytes && refresh() > maxBytes) free(sum - maxBytes, slowestFirst(counted.keys()), 'all');
    },
    cutStalled(bytes, client) {
      const sinks = client === undefined ? [...counted.keys()] : [...(byClient.get(client) ?? [])];
      bytesOf(sinks);
      const stalled = slowestFirst(sinks).filter(({ isStalled }) => isStalled);
      free(bytes, stalled, client === undefined ? 'all' : 'client');
    },
  };
}

const NONE: ReadonlySet<Sink> = new Set();
