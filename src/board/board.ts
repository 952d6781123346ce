import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Address } from './address.ts';
import { type Connection, createConnection } from './connection.ts';
import { createFind, type Find } from './find/find.ts';
import type { SendQuery } from './gateway/send-query.ts';
import type { StreamListener, Subscribe } from './live/subscribe.ts';
import { onChange } from './on-change.ts';
import { createBoardReader } from './reading/board-reader.ts';
import { startPartLoop } from './reading/part-loop.ts';
import type { ReadLoop } from './reading/read-loop.ts';
import { type BoardState, type BoardStateDeps, createBoardState } from './state/board-state.ts';
import { POLL_INTERVAL_MS } from './timing.ts';
import type { Filters } from './view/filters.ts';
import { createShownMatrix, type ShownMatrix } from './view/shown-matrix.ts';

/** Everything that the page shows, and what a visitor can do. */
export interface Board extends Pick<Connection, 'outage' | 'keyProblem'>, ShownMatrix {
  /** The current time in milliseconds since 1970, from which the page calculates ages. */
  readonly now: ReadonlySignal<number>;
  /** The filters of the matrix. */
  readonly filters: Signal<Filters>;
  /** The `data-focusable` value of the element of the matrix that last had the focus, or is about to get it. */
  readonly focused: Signal<string | null>;
  readonly find: Find;
  readonly state: BoardState;
  readonly isLive: ReadonlySignal<boolean | null>;
  /** The client key that the board sends with each request. Null if the visitor has entered no key. */
  readonly key: ReadonlySignal<string | null>;
  /** Replaces the client key. If `key` is null, removes the key and forgets all data. */
  setKey(key: string | null): void;
  readNow(): void;
}

export interface BoardDeps extends Pick<BoardStateDeps, 'onAppeared'> {
  readonly now: ReadonlySignal<number>;
  readonly sendQuery: SendQuery;
  readonly subscribe: Subscribe;
  /** The filters of the matrix. */
  readonly filters: Signal<Filters>;
  /** Whether the page needs the cells of the matrix. Only then does the board read cells and receive their changes. */
  readonly isMatrixNeeded: ReadonlySignal<boolean>;
  /** Whether the visitor sees the view that finds pods. Only then does the board ask for the pods that meet the visitor's needs. */
  readonly isFindShown: ReadonlySignal<boolean>;
  readonly address: Address;
  /** The query string with the visitor's needs. */
  readonly findSearch: ReadonlySignal<string>;
  /** The client key that is sent with each request; null if the visitor has not entered one. */
  readonly key: Signal<string | null>;
  /** Runs when the gateway no longer serves this version of the page. */
  readonly onOutdated: () => void;
}

/** Connects the parts of the board, and starts its reads and its event stream. */
export function createBoard(deps: BoardDeps): Board {
  const { now, sendQuery, subscribe, filters, isMatrixNeeded, isFindShown, key, onAppeared, onOutdated } = deps;
  const gpuCount = computed(() => filters.value.gpuCount);
  const state = createBoardState({ now: Date.now, onAppeared });
  const find = createFind({
    address: deps.address,
    search: deps.findSearch,
    lists: state.lists,
    sendQuery,
    now: Date.now,
  });
  const connection = createConnection({ key, onOutdated });
  const { isLive, outage, keyProblem } = connection;
  const reader = createBoardReader({ sendQuery, state, now: Date.now });
  const { readLists } = reader;
  const cellsLoop = startPartLoop(
    {
      isNeeded: isMatrixNeeded,
      readLists,
      read: (abort) => reader.readCells(gpuCount.peek(), abort),
      nextReadInMs: () => reader.nextReadInMs(POLL_INTERVAL_MS[isLive.peek() === true ? 'live' : 'polling']),
    },
    connection,
  );
  const findLoop = startPartLoop({ isNeeded: isFindShown, readLists, ...find }, connection);
  const readNow = () => {
    cellsLoop.readNow();
    findLoop.readNow();
  };

  const listener = createStreamListener(isLive, state, cellsLoop.readNow);
  effect(() => {
    // An open stream keeps the headers with which it was opened, so a new key needs a new stream. While the key is not valid, no stream is
    // opened.
    void key.value;
    if (isMatrixNeeded.value) return keyProblem.value === null ? subscribe(gpuCount.value, listener) : undefined;
    isLive.value = null;
    return undefined;
  });
  onChange(gpuCount, () => {
    state.forgetCells();
    cellsLoop.readNow();
  });
  forgetOldCells(isMatrixNeeded, state);
  askOnChange(find, isFindShown, findLoop);

  const { matrix, offers } = createShownMatrix(state, filters);
  const setKey = (text: string | null) => {
    batch(() => {
      key.value = text;
      if (text !== null) return;
      state.setLists(null);
      find.forget();
    });
    readNow();
  };
  const focused = signal<string | null>(null);
  return { now, filters, focused, find, state, matrix, offers, isLive, outage, key, keyProblem, setKey, readNow };
}

/** Forgets the cells of the matrix when the matrix is needed again after a pause that was longer than the polling interval. */
function forgetOldCells(isMatrixNeeded: ReadonlySignal<boolean>, state: BoardState): void {
  let leftAt = Number.POSITIVE_INFINITY;
  onChange(isMatrixNeeded, () => {
    if (!isMatrixNeeded.peek()) leftAt = Date.now();
    else if (Date.now() - leftAt > POLL_INTERVAL_MS.polling) state.forgetCells();
  });
}

/** Reads the list of pods at once when its query variables change, or when the page begins to need the details of exclusions. */
function askOnChange(find: Find, isFindShown: ReadonlySignal<boolean>, { readNow }: ReadLoop): void {
  onChange(find.needsDetails, () => {
    if (find.needsDetails.peek()) readNow();
  });
  let asked = find.question.peek();
  onChange(find.question, () => {
    // The first question (the query for pods) is created when the first lists of GPU types and data centers arrive. The read that has
    // fetched the lists then also sends this question, so no other read is needed.
    if (asked !== null && isFindShown.peek()) readNow();
    asked = find.question.peek();
  });
}

function createStreamListener(isLive: Signal<boolean | null>, state: BoardState, readNow: () => void): StreamListener {
  return {
    onOpen() {
      isLive.value = true;
    },
    onChange: state.applyChange,
    onClosed() {
      const wasLive = isLive.peek();
      isLive.value = false;
      if (wasLive === true) readNow();
    },
    onMissed: readNow,
  };
}
