import { type Signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

/** The id of the tooltip element. The described cell refers to it by `aria-describedby`. */
export const TOOLTIP_ID = 'tooltip';

/** How long the tooltip stays after the pointer has left the cell, in milliseconds, so that the pointer can enter the tooltip. */
const CLOSE_DELAY_MS = 150;

/** Controls which cell the tooltip describes, and when it is hidden. */
export interface TooltipState {
  /** The element of the cell; null while the tooltip is hidden. */
  readonly anchor: Signal<HTMLElement | null>;
  /** How often scrolling may have moved the cell. */
  readonly moves: Signal<number>;
  /** Shows the tooltip for the focused cell at once. If `element` is not a cell, hides the tooltip at once. */
  show(element: HTMLElement | null): void;
  /** Shows the tooltip for the cell under the pointer at once. If `element` is not a cell, hides the tooltip after a delay. */
  point(element: HTMLElement | null): void;
  /** Hides the tooltip after a delay. Called when the pointer has left the table or the tooltip. */
  leave(): void;
  /** Keeps the tooltip open. Called when the pointer has entered the tooltip. */
  stay(): void;
  hide(): void;
  /** Positions the tooltip again. Called when something was scrolled. */
  follow(): void;
}

export function useTooltip(): TooltipState {
  const anchor = useSignal<HTMLElement | null>(null);
  const moves = useSignal(0);
  return useMemo(() => createTooltipState(anchor, moves), [anchor, moves]);
}

function createTooltipState(anchor: Signal<HTMLElement | null>, moves: Signal<number>): TooltipState {
  let leaving: ReturnType<typeof setTimeout> | undefined;
  const stay = () => clearTimeout(leaving);
  const setAnchor = (cell: HTMLElement | null) => {
    stay();
    anchor.peek()?.removeAttribute('aria-describedby');
    cell?.setAttribute('aria-describedby', TOOLTIP_ID);
    anchor.value = cell;
  };
  const leave = () => {
    stay();
    leaving = setTimeout(() => setAnchor(null), CLOSE_DELAY_MS);
  };
  return {
    anchor,
    moves,
    show: (element) => setAnchor(element?.matches('[data-cell]') ? element : null),
    point: (element) => (element?.matches('[data-cell]') ? setAnchor(element) : leave()),
    leave,
    stay,
    hide: () => setAnchor(null),
    follow() {
      moves.value += 1;
    },
  };
}

/** The gap between the cell and the tooltip, and the smallest distance to the edge of the window, in pixels. */
const GAP_PX = 6;

/** Positions the tooltip below the cell, or above it if there is no room below, and inside the window. */
export function positionBeside(box: HTMLElement, anchor: HTMLElement): void {
  const cell = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const fitsBelow = cell.bottom + GAP_PX + height <= clientHeight;
  const left = Math.max(GAP_PX, Math.min(cell.left + cell.width / 2 - width / 2, clientWidth - width - GAP_PX));
  box.style.left = `${left}px`;
  box.style.top = `${fitsBelow ? cell.bottom + GAP_PX : Math.max(GAP_PX, cell.top - GAP_PX - height)}px`;
}
