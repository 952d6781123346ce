import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { QueryError, type SendQuery } from './gateway/send-query.ts';
import type { Subscribe } from './live/subscribe.ts';
import { createReadLoop } from './reading/read-loop.ts';
import { type BoardState, createBoardState } from './state/board-state.ts';
import type { Cell } from './state/cell.ts';
import type { Lists } from './state/lists.ts';
import { cheapestOffers, type Offer } from './view/cheapest.ts';
import type { Filters } from './view/filters.ts';
import { createMatrix, type Matrix } from './view/matrix.ts';

/** Why the gateway has no answer, and when it is asked again, in milliseconds since 1970. */
export interface Outage {
  readonly message: string;
  readonly retryAt: number;
}

/** Everything that the page shows, and what a visitor can do. */
export interface Board {
  /** Milliseconds since 1970; ages grow by it. */
  readonly now: ReadonlySignal<number>;
  readonly filters: Signal<Filters>;
  readonly state: BoardState;
  /** Null until the first answer. */
  readonly matrix: ReadonlySignal<Matrix | null>;
  /** The cheapest of what is shown. */
  readonly offers: ReadonlySignal<readonly Offer[]>;
  /** Whether changes come by themselves; if not, the gateway is asked every so often. Null while that is found out. */
  readonly isLive: ReadonlySignal<boolean | null>;
  readonly outage: ReadonlySignal<Outage | null>;
  /** 'missing' or 'wrong' when the gateway wants a key. */
  readonly keyProblem: ReadonlySignal<'missing' | 'wrong' | null>;
  setKey(key: string): void;
  readNow(): void;
}

/** What a board needs. */
export interface BoardDeps {
  readonly now: ReadonlySignal<number>;
  readonly sendQuery: SendQuery;
  readonly subscribe: Subscribe;
  readonly filters: Filters;
  /** The key that is sent; null for none. */
  readonly key: Signal<string | null>;
  /** Cells that were verified to have nothing and can be rented now. */
  readonly onAppeared: (cells: readonly Cell[], lists: Lists) => void;
  /** The gateway has another version of the page. */
  readonly onOutdated: () => void;
}

/**
 * The gateway is asked at least this often, in milliseconds. While changes arrive by themselves, it is asked for what they do
 * not contain: ages and failures.
 */
export const POLL_INTERVAL_MS = { live: 60_000, polling: 20_000 } as const;

/** Cheapest GPU types that are shown. */
const OFFERS = 4;

/** Puts the board together, and starts it. */
export function createBoard({ now, sendQuery, subscribe, key, onAppeared, onOutdated, ...given }: BoardDeps): Board {
  const filters = signal(given.filters);
  const gpuCount = computed(() => filters.value.gpuCount);
  const state = createBoardState({ sendQuery, now: Date.now, onAppeared });
  const isLive = signal<boolean | null>(null);
  const outage = signal<Outage | null>(null);
  const keyProblem = signal<'missing' | 'wrong' | null>(null);

  const readLoop = createReadLoop({
    read: (abort) => state.read(gpuCount.peek(), abort),
    nextReadInMs: () => state.nextReadInMs(isLive.peek() === true ? POLL_INTERVAL_MS.live : POLL_INTERVAL_MS.polling),
    onFailure(error, retryInMs) {
      if (error instanceof QueryError && error.kind === 'unauthenticated') {
        keyProblem.value = key.peek() === null ? 'missing' : 'wrong';
        // The stream ends with it.
        isLive.value = false;
        outage.value = null;
        return false;
      }
      if (error instanceof QueryError && error.kind === 'outdated') onOutdated();
      outage.value = { message: messageOf(error), retryAt: Date.now() + retryInMs };
      return true;
    },
  });

  const listener = {
    onOpen() {
      isLive.value = true;
    },
    onChange: state.takeChange,
    onClosed() {
      const wasLive = isLive.peek();
      isLive.value = false;
      if (wasLive === true) readLoop.readNow();
    },
    onMissed: readLoop.readNow,
  };
  effect(() => {
    // The headers of a stream are those of its start. Without a key that is taken, there is no use in trying.
    void key.value;
    return keyProblem.value === null ? subscribe(gpuCount.value, listener) : undefined;
  });
  // Each answer is another one, even when it says the same.
  onNext(state.lists, () => {
    outage.value = null;
    keyProblem.value = null;
  });
  onNext(gpuCount, () => {
    state.forgetCells();
    readLoop.readNow();
  });

  const matrix = createShownMatrix(state, filters);
  return {
    now,
    filters,
    state,
    matrix,
    offers: computed(() =>
      matrix.value === null ? [] : cheapestOffers(matrix.value, state.cells.all.value, filters.value.maxPrice, OFFERS),
    ),
    isLive,
    outage,
    keyProblem,
    setKey(text) {
      key.value = text;
      readLoop.readNow();
    },
    readNow: readLoop.readNow,
  };
}

/** Calls `react` whenever the value is another one, but not for the first. */
function onNext<Value>(source: ReadonlySignal<Value>, react: () => void): void {
  let isFirst = true;
  source.subscribe(() => {
    if (!isFirst) react();
    isFirst = false;
  });
}

/**
 * The matrix, whose parts stay the same objects while they are equal: most changes of a cell change no row and no column, and
 * what is the same object is not drawn again.
 */
function createShownMatrix({ lists, cells }: BoardState, filters: ReadonlySignal<Filters>) {
  let shown: Matrix | null = null;
  return computed(() => {
    if (lists.value === null) return null;
    const { rows, groups } = createMatrix(lists.value, cells.all.value, filters.value);
    const next: Matrix = { rows: sameIfEqual(rows, shown?.rows), groups: sameIfEqual(groups, shown?.groups) };
    if (next.rows !== shown?.rows || next.groups !== shown?.groups) shown = next;
    return shown;
  });
}

function sameIfEqual<Value>(next: Value, before: Value | undefined): Value {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(next) ? before : next;
}

function messageOf(error: unknown): string {
  if (error instanceof QueryError) return error.message;
  console.error(error);
  return 'The board has a fault; the console of the browser tells more.';
}
