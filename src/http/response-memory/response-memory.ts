import type { Permit, Shortage } from '../../domain/permit.ts';
import type { Client, UnreadBytes } from './unread-bytes.ts';

/** What making room for answers needs. */
export interface ResponseMemoryOptions {
  readonly unread: UnreadBytes;
  /** Bytes that are unread or may become so by large operations under way, of all clients and of one. */
  readonly maxBytes: number;
  readonly maxBytesPerClient: number;
  /** Bytes of one answer. */
  readonly maxAnswerBytes: number;
  /** Whether the event loop lags. Large operations are refused then. */
  readonly isOverloaded: () => boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly onRefused: (shortage: Shortage) => void;
}

/** The permit of an operation that arrived over a connection. It ends with the request, or when a part of the answer was written. */
export interface ResponsePermit extends Permit {
  /** Whether the next part of the answer is to be written before the client has read this one. */
  readonly writesAhead: () => boolean;
  /** Call it when a part of the answer was written: its bytes count as unread from then on. */
  readonly written: () => void;
  /** Call it when the request has ended. No work is allowed after that. */
  readonly close: () => void;
}

/** Bounds the memory for answers that are being made or are unread. */
export interface ResponseMemory {
  /**
   * `client` is called when the operation turns out to be large; `cut` to close its connection when a subscription keeps its permit because
   * the client does not read.
   */
  readonly openPermit: (client: () => Client, cut: () => void) => ResponsePermit;
  /** Up to how many bytes an answer may have that is written at once for the client. Small answers always may. */
  readonly maxBytesFor: (client: () => Client) => number;
  /** Whether a large answer may be made at once, if there is room. Otherwise operations wait, or the event loop lags. */
  readonly mayMakeLarge: () => boolean;
  /** How many operations have a permit, and how many wait for one. */
  readonly held: () => number;
  readonly waiting: () => number;
}

/** Up to this size an answer is small: it is made in milliseconds, and never waits or is refused. */
export const SMALL_BYTES = 300_000;

/** How many operations have a permit at a time. Making the largest answer takes several times its size. */
const MADE_AT_A_TIME = 2;

/** How long an operation waits for its permit, and how many do. Each has its request in memory. */
const WAIT_MS = 15_000;
const MAX_WAITING = 100;
const MAX_WAITING_PER_CLIENT = 50;

/** How long an operation with a permit may do no work, because it waits for RunPod, while others wait for the permit. */
const IDLE_MS = 3000;

/** How often connections are looked at while operations wait. */
const LOOK_MS = 100;

interface Holder {
  readonly client: Client;
  /** Called while others wait. */
  readonly makeWay: () => void;
}

interface Waiting {
  readonly client: Client;
  readonly until: number;
  /** Called once, with `null` when the operation has its permit. */
  readonly resolve: (shortage: Shortage | null) => void;
}

/**
 * Large operations get their permits in the order in which they asked; those whose own client has too much unread are passed over.
 * While operations wait, connections that read too slowly are cut until there is room.
 */
export function createResponseMemory(options: ResponseMemoryOptions): ResponseMemory {
  const { unread, maxBytes, maxBytesPerClient, maxAnswerBytes, isOverloaded, now, onRefused } = options;
  const holders = new Set<Holder>();
  const waiting = new Set<Waiting>();
  let looking: NodeJS.Timeout | undefined;
  let isServing = false;

  /** Bytes that are unread, and that operations with a permit may add to them. */
  const takenByAll = () => unread.total() + holders.size * maxAnswerBytes;
  const takenBy = (client: Client) =>
    unread.of(client) + [...holders].filter((one) => one.client === client).length * maxAnswerBytes;

  /** How many bytes there are too many of for one more large answer. The answer of a client that has nothing else always fits. */
  function excessOf(client: Client): number {
    const taken = takenBy(client);
    return taken === 0 ? 0 : Math.max(0, taken + maxAnswerBytes - maxBytesPerClient);
  }
  const excessOfAll = () => Math.max(0, takenByAll() + maxAnswerBytes - maxBytes);

  function shortageOf(client: Client): Shortage | null {
    if (isOverloaded()) return 'time';
    if (excessOf(client) > 0) return 'client';
    return holders.size >= MADE_AT_A_TIME || excessOfAll() > 0 ? 'room' : null;
  }

  function look(): void {
    serve();
    const shortages = new Map([...waiting].map(({ client }) => [client, shortageOf(client)]));
    for (const [client, shortage] of shortages) {
      if (shortage === 'client') unread.cutStalled(excessOf(client), client);
    }
    if (![...shortages.values()].includes('room')) return;
    unread.cutStalled(excessOfAll());
    for (const holder of holders) holder.makeWay();
  }

  function serve(): void {
    isServing = false;
    for (const one of waiting) {
      const shortage = shortageOf(one.client);
      if (shortage === null || now() >= one.until) {
        waiting.delete(one);
        one.resolve(shortage);
      }
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

  function mayWait(client: Client): boolean {
    const ofClient = [...waiting].filter((one) => one.client === client);
    return waiting.size < MAX_WAITING && ofClient.length < MAX_WAITING_PER_CLIENT;
  }

  function openPermit(clientOf: () => Client, cut: () => void): ResponsePermit {
    let holder: Holder | null = null;
    let asking: Promise<Shortage | null> | null = null;
    let asked: Waiting | null = null;
    let refused: Shortage | null = null;
    const listeners = new Set<(shortage: Shortage) => void>();
    let work = 0;
    let workedAt = 0;
    let isWritingAhead = false;
    let hasWritten = false;
    let isClosed = false;

    function refuse(shortage: Shortage): void {
      if (refused !== null || isClosed) return;
      refused = shortage;
      onRefused(shortage);
      for (const listen of listeners) listen(shortage);
    }

    function makeWay(): void {
      if (work > 0 || now() - workedAt < IDLE_MS) return;
      if (hasWritten) cut();
      else refuse('room');
    }

    function settle(shortage: Shortage | null, client: Client): void {
      asked = null;
      asking = null;
      if (isClosed) return;
      workedAt = now();
      if (shortage !== null) {
        refuse(shortage);
        return;
      }
      holder = { client, makeWay };
      holders.add(holder);
    }

    function ask(): Promise<Shortage | null> | null {
      const client = clientOf();
      const shortage = shortageOf(client);
      if (shortage === 'time' || (shortage !== null && !mayWait(client))) {
        settle(shortage, client);
        return Promise.resolve(shortage);
      }
      // Another one may wait that can have its permit now. It comes first.
      if (shortage === null && waiting.size === 0) {
        settle(null, client);
        return null;
      }
      asking = new Promise((resolve) => {
        asked = {
          client,
          until: now() + WAIT_MS,
          resolve(result) {
            settle(result, client);
            resolve(result);
          },
        };
        waiting.add(asked);
      });
      looking ??= setInterval(look, LOOK_MS);
      serveSoon();
      return asking;
    }

    function endIfIdle(): void {
      if (holder === null || work > 0) return;
      holders.delete(holder);
      holder = null;
      serveSoon();
    }

    return {
      obtain() {
        if (holder !== null || isClosed) return null;
        return refused === null ? (asking ?? ask()) : Promise.resolve(refused);
      },
      isHeld: () => holder !== null,
      isClosed: () => isClosed,
      beginWork() {
        work += 1;
      },
      endWork() {
        work -= 1;
        workedAt = now();
        if (isClosed) endIfIdle();
      },
      refuse,
      refusal: () => refused,
      onOverdue(listen) {
        listeners.add(listen);
        return () => void listeners.delete(listen);
      },
      writeAhead() {
        isWritingAhead = true;
      },
      writesAhead: () => isWritingAhead || work > 0 || holder !== null,
      written() {
        hasWritten = true;
        // The next event of a subscription is an operation of its own.
        if (work === 0) refused = null;
        endIfIdle();
      },
      close() {
        isClosed = true;
        if (asked !== null) {
          waiting.delete(asked);
          asked.resolve(null);
        }
        endIfIdle();
      },
    };
  }

  return {
    openPermit,
    mayMakeLarge: () => waiting.size === 0 && !isOverloaded(),
    maxBytesFor(clientOf) {
      if (holders.size === 0 && unread.isEmpty()) return Number.POSITIVE_INFINITY;
      return Math.max(SMALL_BYTES, Math.min(maxBytesPerClient - takenBy(clientOf()), maxBytes - takenByAll()));
    },
    held: () => holders.size,
    waiting: () => waiting.size,
  };
}
