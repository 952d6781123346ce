import { type ReadonlySignal, signal } from '@preact/signals';
import { dollars } from '../format/price.ts';
import { type Cell, keyOf } from '../state/cell.ts';
import type { Inventory } from '../state/lists.ts';
import type { Claim } from './claims.ts';

/** What bells have rung for. */
export interface News {
  /** The latest, in words; empty when there is none, or it was dismissed. */
  readonly message: ReadonlySignal<string>;
  tell(cells: readonly Cell[], inventory: Inventory): void;
  dismiss(): void;
}

const MOST_NAMED = 3;

/**
 * Shows news on the page, in its title until the visitor dismisses them, and by a notification where the browser allows one. Every
 * tab shows them, but only the first one that claims a cell sends the notification.
 */
export function createNews(page: Document, claim: Claim): News {
  const message = signal('');
  const title = page.title;
  let untold: readonly Cell[] = [];

  async function notifyOf(cells: readonly Cell[], inventory: Inventory): Promise<void> {
    const claimed = await Promise.all(cells.map(async (cell) => ((await claim(keyOf(cell))) ? cell : [])));
    if (claimed.flat().length > 0) notify(inWords(claimed.flat(), inventory));
  }

  return {
    message,
    tell(cells, inventory) {
      // The latest first; those that nobody has seen yet stay.
      untold = [...cells, ...untold];
      message.value = inWords(untold, inventory);
      page.title = `● ${message.value}`;
      void notifyOf(cells, inventory);
    },
    dismiss() {
      untold = [];
      message.value = '';
      page.title = title;
    },
  };
}

/** 'RTX 4090 can be rented in EU-RO-1 for $0.69 now'; of many, the first ones. */
export function inWords(cells: readonly Cell[], { gpuTypes }: Inventory): string {
  const named = cells.slice(0, MOST_NAMED).map(({ gpuType, dataCenter, onDemandPrice }) => {
    const name = gpuTypes.find(({ id }) => id === gpuType.id)?.displayName ?? gpuType.id;
    const price = onDemandPrice === null ? '' : ` for ${dollars(onDemandPrice.perGpu)}`;
    return `${name} in ${dataCenter.id}${price}`;
  });
  const more = cells.length - named.length;
  return `Can be rented now: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** Asks for leave to notify, if that was not decided yet. To be called on a click. */
export async function askToNotify(): Promise<void> {
  if ('Notification' in globalThis && Notification.permission === 'default') await Notification.requestPermission();
}

function notify(text: string): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  try {
    const notification = new Notification('GPU availability', { body: text });
    notification.addEventListener('click', () => window.focus());
  } catch {
    // Some browsers on phones notify from a service worker alone; the page and its title have told already.
  }
}
