import { type ReadonlySignal, signal } from '@preact/signals';
import { dollars } from '../format/price.ts';
import { type Cell, cellKeyOf } from '../state/cell.ts';
import { gpuTypeName, type Lists } from '../state/lists.ts';
import type { Claim } from './claims.ts';

/** Reports of cells that have become available. */
export interface Notifications {
  /** The text of the reports that the visitor has not dismissed; empty if there are none. */
  readonly message: ReadonlySignal<string>;
  show(cells: readonly Cell[], lists: Lists): void;
  dismiss(): void;
}

/** How many cells a message names at most. */
const MAX_NAMED = 3;

/**
 * Reports cells on the page, in the page title, and by a browser notification if the visitor allows notifications. The page and its title
 * show a report until the visitor dismisses it. Every tab shows the report, but only the first tab that claims a cell sends the browser
 * notification about it.
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
      // The latest cells come first.
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

/** Returns a message such as 'Available now: RTX 4090 in EU-RO-1 for $0.69'. The message names the first cells and counts the others. */
export function describeAppearances(cells: readonly Cell[], lists: Lists): string {
  const named = cells.slice(0, MAX_NAMED).map(({ gpuType, dataCenter, onDemandPrice }) => {
    const price = onDemandPrice === null ? '' : ` for ${dollars(onDemandPrice.perGpu)}`;
    return `${gpuTypeName(lists, gpuType.id)} in ${dataCenter.id}${price}`;
  });
  const more = cells.length - named.length;
  return `Available now: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** Asks the visitor to allow notifications, unless the visitor has already decided. Browsers accept this request only after a click. */
export async function requestNotificationPermission(): Promise<void> {
  if ('Notification' in globalThis && Notification.permission === 'default') await Notification.requestPermission();
}

function notify(text: string): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  try {
    const notification = new Notification('GPU availability', { body: text });
    notification.addEventListener('click', () => window.focus());
  } catch {
    // Some browsers on phones accept notifications only from a service worker. The page and its title still show the report.
  }
}
