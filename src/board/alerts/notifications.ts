import { type ReadonlySignal, signal } from '@preact/signals';
import { dollars } from '../format/price.ts';
import { type Cell, cellKeyOf } from '../state/cell.ts';
import type { Lists } from '../state/lists.ts';
import type { Claim } from './claims.ts';

/** What bells have rung for. */
export interface Notifications {
  /** The latest, in words; empty when there is none, or it was dismissed. */
  readonly message: ReadonlySignal<string>;
  show(cells: readonly Cell[], lists: Lists): void;
  dismiss(): void;
}

const MOST_NAMED = 3;

/**
 * Shows news on the page, in its title until the visitor dismisses them, and by a notification where the browser allows one. Every
 * tab shows them, but only the first one that claims a cell sends the notification.
 */
export function createNotifications(page: Document, claim: Claim): Notifications {
  const message = signal('');
  const title = page.title;
  let undismissed: readonly Cell[] = [];

  async function notifyOf(cells: readonly Cell[], lists: Lists): Promise<void> {
    const claimed = await Promise.all(cells.map(async (cell) => ((await claim(cellKeyOf(cell))) ? cell : [])));
    if (claimed.flat().length > 0) notify(describeAppearances(claimed.flat(), lists));
  }

  return {
    message,
    show(cells, lists) {
      // The latest first; those that nobody has seen yet stay.
      undismissed = [...cells, ...undismissed];
      message.value = describeAppearances(undismissed, lists);
      page.title = `● ${message.value}`;
      void notifyOf(cells, lists);
    },
    dismiss() {
      undismissed = [];
      message.value = '';
      page.title = title;
    },
  };
}

/** 'RTX 4090 can be rented in EU-RO-1 for $0.69 now'; of many, the first ones. */
export function describeAppearances(cells: readonly Cell[], { gpuTypes }: Lists): string {
  const named = cells.slice(0, MOST_NAMED).map(({ gpuType, dataCenter, onDemandPrice }) => {
    const name = gpuTypes.find(({ id }) => id === gpuType.id)?.displayName ?? gpuType.id;
    const price = onDemandPrice === null ? '' : ` for ${dollars(onDemandPrice.perGpu)}`;
    return `${name} in ${dataCenter.id}${price}`;
  });
  const more = cells.length - named.length;
  return `Can be rented now: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** Asks for leave to notify, if that was not decided yet. To be called on a click. */
export async function requestNotificationPermission(): Promise<void> {
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
