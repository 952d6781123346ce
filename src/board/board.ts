import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Ask, AskError } from './gateway/send-query.ts';
import type { Subscribe } from './live/subscribe.ts';
import { createReader } from './reading/read-loop.ts';
import { createKnowledge, type Knowledge } from './state/board-state.ts';
import type { Cell } from './state/cell.ts';
import type { Inventory } from './state/lists.ts';
import { cheapestOffers, type Offer } from './view/cheapest.ts';
import type { Filters } from './view/filters.ts';
import { createMatrix, type Matrix } from './view/matrix.ts';

/** Why the gateway has no answer, and when it is asked again, in milliseconds since 1970. */
export interface Trouble {
  readonly message: string;
  readonly againAt: number;
}

/** Everything that the page shows, and what a visitor can do. */
export interface Board {
  /** Milliseconds since 1970; ages grow by it. */
  readonly now: ReadonlySignal<number>;
  readonly filters: Signal<Filters>;
  readonly known: Knowledge;
  /** Null until the first answer. */
  readonly matrix: ReadonlySignal<Matrix | null>;
  /** The cheapest of what is shown. */
  readonly offers: ReadonlySignal<readonly Offer[]>;
  /** Whether changes come by themselves; if not, the gateway is asked every so often. Null while that is found out. */
  readonly isLive: ReadonlySignal<boolean | null>;
  readonly trouble: ReadonlySignal<Trouble | null>;
  /** 'missing' or 'wrong' when the gateway wants a key. */
  readonly wantedKey: ReadonlySignal<'missing' | 'wrong' | null>;
  giveKey(key: string): void;
  readNow(): void;
}

/** What a board needs. */
export interface BoardDeps {
  readonly now: ReadonlySignal<number>;
  readonly ask: Ask;
  readonly subscribe: Subscribe;
  readonly filters: Filters;
  /** The key that is sent; null for none. */
  readonly key: Signal<string | null>;
  /** Cells that were verified to have nothing and can be rented now. */
  readonly onAppeared: (cells: readonly Cell[], inventory: Inventory) => void;
  /** The gateway has another version of the page. */
  readonly onOutdated: () => void;
}

/**
 * The gateway is asked at least this often, in milliseconds. While changes arrive by themselves, it is asked for what they do
 * not contain: ages and failures.
 */
export const EVERY_MS = { live: 60_000, asking: 20_000 } as const;

/** Cheapest GPU types that are shown. */
const OFFERS = 4;

/** Puts the board together, and starts it. */
export function createBoard({ now, ask, subscribe, key, onAppeared, onOutdated, ...given }: BoardDeps): Board {
  const filters = signal(given.filters);
  const gpuCount = computed(() => filters.value.gpuCount);
  const known = createKnowledge({ ask, now: Date.now, onAppeared });
  const isLive = signal<boolean | null>(null);
  const trouble = signal<Trouble | null>(null);
  const wantedKey = signal<'missing' | 'wrong' | null>(null);

  const reader = createReader({
    read: (abort) => known.read(gpuCount.peek(), abort),
    againInMs: () => known.nextReadInMs(isLive.peek() === true ? EVERY_MS.live : EVERY_MS.asking),
    onFailure(error, againInMs) {
      if (error instanceof AskError && error.kind === 'unauthenticated') {
        wantedKey.value = key.peek() === null ? 'missing' : 'wrong';
        // The stream ends with it.
        isLive.value = false;
        trouble.value = null;
        return false;
      }
      if (error instanceof AskError && error.kind === 'outdated') onOutdated();
      trouble.value = { message: inWords(error), againAt: Date.now() + againInMs };
      return true;
    },
  });

  const listener = {
    onOpen() {
      isLive.value = true;
    },
    onChange: known.takeChange,
    onClosed() {
      const wasLive = isLive.peek();
      isLive.value = false;
      if (wasLive === true) reader.again();
    },
    onMissed: reader.again,
  };
  effect(() => {
    // The headers of a stream are those of its start. Without a key that is taken, there is no use in trying.
    void key.value;
    return wantedKey.value === null ? subscribe(gpuCount.value, listener) : undefined;
  });
  // Each answer is another one, even when it says the same.
  onNext(known.inventory, () => {
    trouble.value = null;
    wantedKey.value = null;
  });
  onNext(gpuCount, () => {
    known.forgetCells();
    reader.again();
  });

  const matrix = createShownMatrix(known, filters);
  return {
    now,
    filters,
    known,
    matrix,
    offers: computed(() =>
      matrix.value === null ? [] : cheapestOffers(matrix.value, known.cells.all.value, filters.value.maxPrice, OFFERS),
    ),
    isLive,
    trouble,
    wantedKey,
    giveKey(text) {
      key.value = text;
      reader.again();
    },
    readNow: reader.again,
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
function createShownMatrix({ inventory, cells }: Knowledge, filters: ReadonlySignal<Filters>) {
  let shown: Matrix | null = null;
  return computed(() => {
    if (inventory.value === null) return null;
    const { rows, groups } = createMatrix(inventory.value, cells.all.value, filters.value);
    const next: Matrix = { rows: sameIfEqual(rows, shown?.rows), groups: sameIfEqual(groups, shown?.groups) };
    if (next.rows !== shown?.rows || next.groups !== shown?.groups) shown = next;
    return shown;
  });
}

function sameIfEqual<Value>(next: Value, before: Value | undefined): Value {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(next) ? before : next;
}

function inWords(error: unknown): string {
  if (error instanceof AskError) return error.message;
  console.error(error);
  return 'The board has a fault; the console of the browser tells more.';
}
