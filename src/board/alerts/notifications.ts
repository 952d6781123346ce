import { type ReadonlySignal, signal } from '@preact/signals';
import { dollars } from '../format/price.ts';
import { type Cell, type CellKey, cellKeyOf } from '../state/cell.ts';
import { gpuTypeName, type Lists } from '../state/lists.ts';
import type { Claim } from './claims.ts';

/** A report of cells that have become available. The latest cells come first. */
export interface AppearanceReport {
  /** The first few reported cells, each described by a text such as 'RTX 4090 in EU-RO-1 for $0.69'. Empty if nothing is reported. */
  readonly named: readonly { readonly key: CellKey; readonly text: string }[];
  /** How many more cells the report counts without naming them. */
  readonly more: number;
}

/** Tells the visitor about cells that have become available. */
export interface Notifications {
  /** The report of the cells that have become available since the visitor last dismissed a report. */
  readonly report: ReadonlySignal<AppearanceReport>;
  show(cells: readonly Cell[], lists: Lists): void;
  dismiss(): void;
}

/** How many cells a report names at most. */
const MAX_NAMED = 3;

/**
 * Reports cells on the page, in the page title, and by a browser notification if the visitor allows notifications. The page and its title
 * show a report until the visitor dismisses it. Every tab shows the report, but only the first tab that claims a cell sends the browser
 * notification about it.
 */
export function createNotifications(page: Document, claim: Claim): Notifications {
  const report = signal<AppearanceReport>({ named: [], more: 0 });
  const title = page.title;
  let undismissed: readonly Cell[] = [];

  async function notifyOf(cells: readonly Cell[], lists: Lists): Promise<void> {
    const claimed = await Promise.all(cells.map(async (cell) => ((await claim(cellKeyOf(cell))) ? cell : [])));
    if (claimed.flat().length > 0) notify(reportInWords(reportAppearances(claimed.flat(), lists)));
  }

  return {
    report,
    show(cells, lists) {
      undismissed = [...cells, ...undismissed];
      report.value = reportAppearances(undismissed, lists);
      page.title = `● ${reportInWords(report.value)}`;
      void notifyOf(cells, lists);
    },
    dismiss() {
      undismissed = [];
      report.value = { named: [], more: 0 };
      page.title = title;
    },
  };
}

/** Returns a report that names the first of these cells and counts the others. A cell that occurs several times counts once. */
export function reportAppearances(cells: readonly Cell[], lists: Lists): AppearanceReport {
  const keys = cells.map(cellKeyOf);
  const distinct = cells.filter((cell, index) => keys.indexOf(cellKeyOf(cell)) === index);
  const named = distinct.slice(0, MAX_NAMED).map((cell) => {
    const price = cell.onDemandPrice === null ? '' : ` for ${dollars(cell.onDemandPrice.perGpu)}`;
    return { key: cellKeyOf(cell), text: `${gpuTypeName(lists, cell.gpuType.id)} in ${cell.dataCenter.id}${price}` };
  });
  return { named, more: distinct.length - named.length };
}

/** Returns a report as one sentence, such as 'Available now: RTX 4090 in EU-RO-1 for $0.69'. */
export const reportInWords = ({ named, more }: AppearanceReport): string =>
  `Available now: ${named.map(({ text }) => text).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;

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
    // Some browsers on phones accept notifications only from a service worker. The error is ignored, because the page and its title show
    // the report anyway.
  }
}
