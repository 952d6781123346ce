import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { previousIfEqual } from '../state/previous-if-equal.ts';
import { BLOCK, partInSight, type TablePart, widen } from './drawn-part.ts';

/**
 * The maximum number of cells in a table that is drawn whole. Drawing more cells would make the page slow. RunPod's whole table is smaller.
 */
const MAX_CELLS = 2500;

// Browsers without `requestIdleCallback` use a timer.
const whenIdle: (callback: () => void) => unknown = globalThis.requestIdleCallback ?? setTimeout;

/**
 * Returns the part of the table in `box` whose cells are drawn. At first these are the cells in sight. While the page is idle, the part
 * grows to the cells around them, and then to all cells, unless the table is too large.
 */
export function useDrawnPart(box: RefObject<HTMLElement | null>, rowCount: number, columnCount: number): TablePart {
  const drawn = useSignal<TablePart>({ rows: [0, 0], columns: [0, 0] });
  useLayoutEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    const maxMargin = rowCount * columnCount > MAX_CELLS ? BLOCK : Math.max(rowCount, columnCount);
    let margin = 0;
    const update = () => {
      if (box.current === null || signal.aborted) return;
      const { rows, columns } = partInSight(box.current);
      const next = { rows: widen(rows, margin, rowCount), columns: widen(columns, margin, columnCount) };
      drawn.value = previousIfEqual(next, drawn.peek());
    };
    const grow = () => {
      margin += BLOCK;
      update();
      if (margin < maxMargin) whenIdle(grow);
    };
    document.addEventListener('scroll', update, { capture: true, passive: true, signal });
    addEventListener('resize', update, { signal });
    // Content above the table can change its height, which moves the table without a `scroll` or `resize` event.
    const observer = new ResizeObserver(update);
    observer.observe(document.body);
    update();
    whenIdle(grow);
    return () => {
      observer.disconnect();
      ended.abort();
    };
  }, [box, drawn, rowCount, columnCount]);
  return drawn.value;
}
