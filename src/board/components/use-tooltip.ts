import { type Signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

/** The id of the tooltip element. The described element refers to it by `aria-describedby`. */
export const TOOLTIP_ID = 'tooltip';

/** How long the tooltip stays after the pointer has left the element, in milliseconds, so that the pointer can enter the tooltip. */
const CLOSE_DELAY_MS = 150;

/** A position of the pointer on the screen, in pixels. */
type ScreenPosition = Pick<PointerEvent, 'screenX' | 'screenY'>;

/** Controls which element the tooltip describes, and when it is hidden. The tooltip describes cells and data centers. */
export interface TooltipState {
  /** The described element; null while the tooltip is hidden. */
  readonly anchor: Signal<HTMLElement | null>;
  /** Increases whenever scrolling may have moved the element that the tooltip describes. */
  readonly moves: Signal<number>;
  /**
   * Shows the tooltip at once for `element`, which has the focus or was clicked. If `element` is neither a cell nor a data center, hides
   * the tooltip at once.
   */
  show(element: HTMLElement | null): void;
  /**
   * Shows the tooltip at once for `element`, which is under the pointer. If `element` is neither a cell nor a data center, hides the
   * tooltip after a delay. Does nothing and returns false if the tooltip describes the focused element and the pointer has not moved. In
   * this case, scrolling has moved another element under the pointer.
   */
  point(element: HTMLElement | null, pointer: ScreenPosition): boolean;
  /**
   * Hides the tooltip after a delay. Called when the pointer has left the table or the tooltip. Does nothing and returns false if the
   * tooltip describes the focused element and the pointer has not moved.
   */
  leave(pointer: ScreenPosition): boolean;
  /** Keeps the tooltip open. Called when the pointer has entered the tooltip. */
  stay(): void;
  hide(): void;
  /** Positions the tooltip again. Called when something was scrolled. */
  follow(): void;
  /** Remembers where the pointer is. Called when it has moved. */
  track(pointer: ScreenPosition): void;
}

export function useTooltip(): TooltipState {
  const anchor = useSignal<HTMLElement | null>(null);
  const moves = useSignal(0);
  return useMemo(() => createTooltipState(anchor, moves), [anchor, moves]);
}

const canDescribe = (element: HTMLElement | null) => element?.matches('td, [data-place]') === true;

function createTooltipState(anchor: Signal<HTMLElement | null>, moves: Signal<number>): TooltipState {
  let leaving: ReturnType<typeof setTimeout> | undefined;
  let isForFocus = false;
  let last: ScreenPosition | null = null;
  const stay = () => clearTimeout(leaving);
  const setAnchor = (element: HTMLElement | null) => {
    stay();
    anchor.peek()?.removeAttribute('aria-describedby');
    element?.setAttribute('aria-describedby', TOOLTIP_ID);
    anchor.value = element;
  };
  const show = (element: HTMLElement | null, isFocused = true) => {
    isForFocus = isFocused;
    setAnchor(canDescribe(element) ? element : null);
  };
  const leaveSoon = () => {
    stay();
    leaving = setTimeout(() => setAnchor(null), CLOSE_DELAY_MS);
  };
  // When the focus moves, the page may scroll and another element may come under the pointer. The browser then reports a movement of the
  // pointer, although the pointer has not moved on the screen.
  const isStill = ({ screenX, screenY }: ScreenPosition) =>
    isForFocus && anchor.peek() !== null && last?.screenX === screenX && last.screenY === screenY;
  return {
    anchor,
    moves,
    show: (element) => show(element),
    point(element, pointer) {
      if (isStill(pointer)) return false;
      if (canDescribe(element)) show(element, false);
      else leaveSoon();
      return true;
    },
    leave(pointer) {
      if (isStill(pointer)) return false;
      leaveSoon();
      return true;
    },
    stay,
    hide: () => setAnchor(null),
    follow() {
      moves.value += 1;
    },
    track({ screenX, screenY }) {
      last = { screenX, screenY };
    },
  };
}

/** The gap between the element and the tooltip, and the smallest distance to the edge of the window, in pixels. */
const GAP_PX = 6;

/** Positions the tooltip below the element, or above it if there is no room below. Keeps the tooltip inside the window. */
export function positionBeside(box: HTMLElement, anchor: HTMLElement): void {
  const cell = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const fitsBelow = cell.bottom + GAP_PX + height <= clientHeight;
  const left = Math.max(GAP_PX, Math.min(cell.left + cell.width / 2 - width / 2, clientWidth - width - GAP_PX));
  box.style.left = `${left}px`;
  box.style.top = `${fitsBelow ? cell.bottom + GAP_PX : Math.max(GAP_PX, cell.top - GAP_PX - height)}px`;
}
