import { type Signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

/** Names the tooltip to the cell that it describes. */
export const TOOLTIP_ID = 'tip';

/** Time to get from a cell into its tooltip with the pointer. */
const LEAVE_MS = 150;

/** Which cell is told about. */
export interface TooltipState {
  readonly anchor: Signal<HTMLElement | null>;
  /** Counts how often what is told about has moved. */
  readonly moves: Signal<number>;
  /** Tells about a cell at once; of anything else, nothing. */
  show(stop: HTMLElement | null): void;
  /** The pointer is over a cell, or over something that is none. */
  point(stop: HTMLElement | null): void;
  /** The pointer has left; unless it comes into the tooltip, there is nothing more to tell. */
  leave(): void;
  stay(): void;
  hide(): void;
  /** Something was scrolled. */
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
  const tell = (cell: HTMLElement | null) => {
    stay();
    anchor.peek()?.removeAttribute('aria-describedby');
    cell?.setAttribute('aria-describedby', TOOLTIP_ID);
    anchor.value = cell;
  };
  const leave = () => {
    stay();
    leaving = setTimeout(() => tell(null), LEAVE_MS);
  };
  return {
    anchor,
    moves,
    show: (stop) => tell(stop?.matches('[data-cell]') ? stop : null),
    point: (stop) => (stop?.matches('[data-cell]') ? tell(stop) : leave()),
    leave,
    stay,
    hide: () => tell(null),
    follow() {
      moves.value += 1;
    },
  };
}

const GAP = 6;

/** Below the cell, or above it where there is no room; never past the edge of the window. */
export function positionBeside(box: HTMLElement, anchor: HTMLElement): void {
  const cell = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const fitsBelow = cell.bottom + GAP + height <= clientHeight;
  const left = Math.max(GAP, Math.min(cell.left + cell.width / 2 - width / 2, clientWidth - width - GAP));
  box.style.left = `${left}px`;
  box.style.top = `${fitsBelow ? cell.bottom + GAP : Math.max(GAP, cell.top - GAP - height)}px`;
}
