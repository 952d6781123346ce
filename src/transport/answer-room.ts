import type { Client, UnreadBytes } from './unread-bytes.ts';

/** Why there is no room for an answer: its client has too much unread, all clients have, or the event loop lags. */
export type Shortage = 'client' | 'room' | 'time';

/** What making room for answers needs. */
export interface AnswerRoomOptions {
  readonly unread: UnreadBytes;
  /** Bytes of answers that are being made or are unread, of all clients and of one. */
  readonly maxBytes: number;
  readonly maxBytesPerClient: number;
  /** Bytes of one answer. */
  readonly maxAnswerBytes: number;
  /** Whether the event loop lags. Large answers are refused then. */
  readonly isOverloaded: () => boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly onRefused: (shortage: Shortage) => void;
}

/** The room that an answer takes while it is made. */
export interface Reservation {
  /** Adds bytes that are about to be made. Returns why they must not be, or `null`. A small answer is always allowed. */
  reserve(bytes: number): Shortage | null;
  /** Refuses the answer for another reason than its bytes. */
  refuse(reason: Shortage): void;
  /** Why the answer was last refused; `null` when it was not. */
  readonly shortage: () => Shortage | null;
  /** After a refusal, waits until the answer may be made from the start. Resolves to `false` when that takes too long. */
  waitForRoom(): Promise<boolean>;
  /** Gives the room back. Call it when a part of the answer has been written: its bytes count as unread from then on. */
  release(): void;
  /** Gives the room back for good: the reservation holds nothing after this. Call it when the request has ended. */
  close(): void;
}

/** Has room for everything. */
export const UNBOUNDED: Reservation = {
  reserve: () => null,
  refuse() {},
  shortage: () => null,
  waitForRoom: async () => true,
  release() {},
  close() {},
};

/** Bounds the memory for answers that are being made or are unread. */
export interface AnswerRoom {
  /** Reserves nothing yet. `client` is called when the answer turns out to be large. */
  readonly open: (client: () => Client) => Reservation;
  /** Up to how many bytes an answer may have that is written at once for the client. Small answers always may. */
  readonly mostFor: (client: () => Client) => number;
  /** Whether a large answer may be made at once, if there is room. Otherwise answers wait, or the event loop lags. */
  readonly mayMakeLarge: () => boolean;
}

/** Up to this size an answer is small: it is made in milliseconds, and never waits or is refused. */
export const SMALL_BYTES = 300_000;

/** How many of the largest answers may be made at a time. Making one takes several times its size. */
const MADE_AT_A_TIME = 2;

/** How long an answer waits for room, and how many do. Each has its request in memory. */
const WAIT_MS = 15_000;
const MAX_WAITING = 100;
const MAX_WAITING_PER_CLIENT = 50;

/** How often connections are looked at while answers wait. */
const LOOK_MS = 100;

interface Held {
  client: Client | null;
  bytes: number;
}

interface Waiting {
  readonly held: Held;
  readonly client: Client;
  readonly bytes: number;
  readonly until: number;
  readonly resolve: (hasRoom: boolean) => void;
}

/** Answers that find no room wait in line. Connections that have read nothing for seconds make way for them. */
export function createAnswerRoom(options: AnswerRoomOptions): AnswerRoom {
  const { unread, maxBytes, maxBytesPerClient, maxAnswerBytes, isOverloaded, now, onRefused } = options;
  const holding = new Set<Held>();
  const waiting = new Set<Waiting>();
  let reserved = 0;
  let looking: NodeJS.Timeout | undefined;
  let isServing = false;

  function reservedBy(client: Client): number {
    let bytes = 0;
    for (const held of holding) if (held.client === client) bytes += held.bytes;
    return bytes;
  }

  /** How many bytes there are too many of for an answer of `bytes`. An answer to a client that has nothing else always fits. */
  function excessOf(client: Client, bytes: number): number {
    const ofClient = reservedBy(client) + unread.of(client);
    return ofClient === 0 ? 0 : Math.max(0, ofClient + bytes - maxBytesPerClient);
  }

  function excessOfAll(bytes: number): number {
    const all = reserved + unread.total();
    return all === 0 ? 0 : Math.max(0, all + bytes - maxBytes);
  }

  function shortageOf(client: Client, bytes: number): Shortage | null {
    if (isOverloaded()) return 'time';
    if (excessOf(client, bytes) > 0) return 'client';
    if (reserved > 0 && reserved + bytes > MADE_AT_A_TIME * maxAnswerBytes) return 'room';
    return excessOfAll(bytes) > 0 ? 'room' : null;
  }

  function hold(held: Held, bytes: number): void {
    reserved += bytes - held.bytes;
    held.bytes = bytes;
    if (bytes === 0) holding.delete(held);
    else holding.add(held);
  }

  function leave(one: Waiting, hasRoom: boolean): void {
    waiting.delete(one);
    if (hasRoom) hold(one.held, one.bytes);
    one.resolve(hasRoom);
  }

  /** Lets one answer in, and the next in a later turn of the event loop: what is made in one turn is in memory together. */
  function serve(): void {
    isServing = false;
    for (const one of waiting) {
      const shortage = shortageOf(one.client, one.bytes);
      if (shortage === null) {
        leave(one, true);
        serveSoon();
        break;
      }
      if (now() >= one.until) leave(one, false);
      else if (shortage === 'client') unread.cutStalled(excessOf(one.client, one.bytes), one.client);
      else if (shortage === 'room') unread.cutStalled(excessOfAll(one.bytes));
    }
    if (waiting.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  }

  function serveSoon(): void {
    if (isServing || waiting.size === 0) return;
    isServing = true;
    setImmediate(serve);
  }

  function mayEnter(client: Client): boolean {
    const ofClient = [...waiting].filter((one) => one.client === client);
    return waiting.size < MAX_WAITING && ofClient.length < MAX_WAITING_PER_CLIENT;
  }

  function enter(held: Held, client: Client, bytes: number): Promise<boolean> {
    return new Promise((resolve) => {
      waiting.add({ held, client, bytes, until: now() + WAIT_MS, resolve });
      looking ??= setInterval(serve, LOOK_MS);
    });
  }

  function open(clientOf: () => Client): Reservation {
    const held: Held = { client: null, bytes: 0 };
    let wanted = 0;
    let shortage: Shortage | null = null;
    let isClosed = false;

    function release(): void {
      wanted = 0;
      shortage = null;
      hold(held, 0);
      for (const one of waiting) if (one.held === held) leave(one, false);
      serveSoon();
    }

    return {
      shortage: () => shortage,
      reserve(bytes) {
        if (isClosed) return null;
        wanted += bytes;
        if (shortage !== null || wanted <= Math.max(held.bytes, SMALL_BYTES)) return shortage;
        held.client ??= clientOf();
        const before = held.bytes;
        hold(held, 0);
        shortage = shortageOf(held.client, wanted);
        if (shortage === null) hold(held, wanted);
        else hold(held, before);
        return shortage;
      },
      refuse(reason) {
        if (!isClosed) shortage = reason;
      },
      async waitForRoom() {
        const [client, reason] = [held.client, shortage];
        hold(held, 0);
        const mayWait = !isClosed && client !== null && reason !== 'time' && mayEnter(client);
        // What was refused was a part of the answer. Most answers are not twice as large.
        const bytes = Math.max(wanted, Math.min(2 * wanted, maxAnswerBytes));
        const hasRoom = mayWait && (await enter(held, client, bytes));
        if (hasRoom) {
          wanted = 0;
          shortage = null;
        } else if (reason !== null) onRefused(reason);
        return hasRoom;
      },
      release,
      close() {
        isClosed = true;
        release();
      },
    };
  }

  return {
    open,
    mayMakeLarge: () => waiting.size === 0 && !isOverloaded(),
    mostFor(clientOf) {
      if (reserved === 0 && unread.isEmpty()) return Number.POSITIVE_INFINITY;
      const client = clientOf();
      const ofClient = maxBytesPerClient - reservedBy(client) - unread.of(client);
      return Math.max(SMALL_BYTES, Math.min(ofClient, maxBytes - reserved - unread.total()));
    },
  };
}
