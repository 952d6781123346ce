import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Ask, AskError } from './ask.ts';
import type { Cell } from './cell.ts';
import { type CellStore, createCellStore } from './cell-store.ts';
import { cheapestOffers, type Offer } from './cheapest.ts';
import type { Filters } from './filters.ts';
import { BoardInventoryDocument } from './graphql/graphql.ts';
import type { Inventory } from './inventory.ts';
import type { Subscribe } from './live.ts';
import { createMatrix, type Matrix } from './matrix.ts';
import { createReader } from './reader.ts';
import { type Part, type Summary, summarise } from './summary.ts';
import { sweep } from './sweep.ts';

/** Why the gateway has no answer, and when it is asked again, in milliseconds since 1970. */
export interface Trouble {
  readonly message: string;
  readonly againAt: number;
}

/** Everything that the page shows, and what a visitor can do. */
export interface Board {
  readonly filters: Signal<Filters>;
  /** Null until the first answer. */
  readonly inventory: ReadonlySignal<Inventory | null>;
  readonly cells: CellStore;
  readonly matrix: ReadonlySignal<Matrix | null>;
  readonly offers: ReadonlySignal<readonly Offer[]>;
  readonly summary: ReadonlySignal<Summary>;
  /** GPU types that have been answered for the chosen pod size. */
  readonly answered: ReadonlySignal<number>;
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
  readonly ask: Ask;
  readonly subscribe: Subscribe;
  readonly filters: Filters;
  /** The key that is sent; null for none. */
  readonly key: Signal<string | null>;
  /** Cells that were verified to have nothing and can be rented now. */
  readonly onAppeared: (cells: readonly Cell[], inventory: Inventory) => void;
}

/** How often the gateway is asked: for what changes do not tell (age, failures), and for everything. */
const EVERY_MS = { live: 60_000, asking: 20_000 } as const;

/** Cheapest GPU types that are shown. */
const OFFERS = 4;

/** Puts the board together, and starts it. */
export function createBoard({ ask, subscribe, key, onAppeared, ...given }: BoardDeps): Board {
  const filters = signal(given.filters);
  const gpuCount = computed(() => filters.value.gpuCount);
  const inventory = signal<Inventory | null>(null);
  const cells = createCellStore();
  const parts = signal<ReadonlyMap<string, readonly [Part, number]>>(new Map());
  const isLive = signal<boolean | null>(null);
  const trouble = signal<Trouble | null>(null);
  const wantedKey = signal<'missing' | 'wrong' | null>(null);

  function take(news: readonly Cell[]) {
    const appeared = cells.put(news);
    const known = inventory.peek();
    if (appeared.length > 0 && known !== null) onAppeared(appeared, known);
  }

  async function read(abort: AbortSignal): Promise<void> {
    const next = await ask(BoardInventoryDocument, {}, abort);
    batch(() => {
      inventory.value = next;
      wantedKey.value = null;
    });
    const question = { gpuTypeIds: next.gpuTypes.map(({ id }) => id), gpuCount: gpuCount.peek() };
    const swept = new Map<string, readonly [Part, number]>();
    const onPart = (part: Part, ids: readonly string[]) => {
      swept.set(ids.join('\n'), [part, ids.length]);
      batch(() => {
        take(part.nodes);
        parts.value = new Map([...parts.peek(), ...swept]);
      });
    };
    await sweep(ask, question, onPart, abort);
    batch(() => {
      parts.value = swept;
      trouble.value = null;
    });
  }

  function onFailure(error: unknown, againInMs: number): boolean {
    if (error instanceof AskError && error.kind === 'unauthenticated') {
      wantedKey.value = key.peek() === null ? 'missing' : 'wrong';
      return false;
    }
    const message = error instanceof AskError ? error.message : 'The board has a fault; its console tells more.';
    if (!(error instanceof AskError)) console.error(error);
    trouble.value = { message, againAt: Date.now() + againInMs };
    return true;
  }

  const everyMs = () => (isLive.peek() === true ? EVERY_MS.live : EVERY_MS.asking);
  const reader = createReader({ read, everyMs, onFailure });

  let isStarted = false;
  effect(() => {
    // Both ask anew, and with what is known of another pod size nothing can be said of this one.
    const count = gpuCount.value;
    if (isStarted) {
      batch(() => {
        cells.clear();
        parts.value = new Map();
      });
      reader.again();
    }
    isStarted = true;
    return keyed(() => follow(count));
  });

  /** Follows `start` for as long as the key is the same. */
  function keyed(start: () => () => void): () => void {
    let stop = () => {};
    const end = key.subscribe(() => {
      stop();
      stop = start();
    });
    return () => {
      end();
      stop();
    };
  }

  function follow(count: number): () => void {
    return subscribe(count, {
      onOpen() {
        isLive.value = true;
      },
      onChange: ({ after }) => take([after]),
      onClosed() {
        const wasLive = isLive.peek();
        isLive.value = false;
        if (wasLive === true) reader.again();
      },
      onMissed: reader.again,
    });
  }

  let shown: Matrix | null = null;
  const matrix = computed(() => {
    if (inventory.value === null) return null;
    const next = createMatrix(inventory.value, cells.all.value, filters.value);
    // Most changes of a cell change no row and no column: then the table is left as it is.
    if (shown === null || JSON.stringify(shown) !== JSON.stringify(next)) shown = next;
    return shown;
  });

  return {
    filters,
    inventory,
    cells,
    matrix,
    offers: computed(() =>
      matrix.value === null ? [] : cheapestOffers(matrix.value, cells.all.value, filters.value.maxPrice, OFFERS),
    ),
    summary: computed(() => summarise([...parts.value.values()].map(([part]) => part))),
    answered: computed(() => [...parts.value.values()].reduce((total, [, gpuTypes]) => total + gpuTypes, 0)),
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
