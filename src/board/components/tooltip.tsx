import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Board } from '../board.ts';
import type { CellKey } from '../state/cell.ts';
import { CellFacts } from './tooltip-cell.tsx';
import { PlaceFacts } from './tooltip-place.tsx';
import { positionBeside, TOOLTIP_ID, type TooltipState } from './use-tooltip.ts';

/** Shows details of a cell or of a data center next to its element. Escape hides the tooltip. */
export function Tooltip({ tip, board }: { readonly tip: TooltipState; readonly board: Board }) {
  const box = useRef<HTMLDivElement>(null);
  const anchor = tip.anchor.value;
  const moves = tip.moves.value;
  const matrix = board.matrix.value;
  useLayoutEffect(() => {
    if (anchor === null || box.current === null) return;
    if (anchor.isConnected) positionBeside(box.current, anchor);
    else tip.hide();
  }, [anchor, moves, matrix, tip]);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && tip.hide();
    const ended = new AbortController();
    const { signal } = ended;
    document.addEventListener('keydown', onKey, { signal });
    document.addEventListener('scroll', tip.follow, { capture: true, signal });
    document.addEventListener('pointermove', tip.track, { signal });
    return () => ended.abort();
  }, [tip]);
  const content = anchor === null ? null : contentFor(anchor, board);
  return (
    <div
      ref={box}
      id={TOOLTIP_ID}
      role="tooltip"
      class="tooltip"
      hidden={content === null}
      onPointerEnter={tip.stay}
      onPointerLeave={tip.leave}
    >
      {content}
    </div>
  );
}

/** Returns the details for an element of the table; null if nothing is known about it. */
function contentFor({ dataset }: HTMLElement, board: Board) {
  const { focusable, place } = dataset;
  if (place === undefined) {
    const shown = board.state.cells.get(focusable as CellKey);
    return shown === undefined ? null : <CellFacts shown={shown} board={board} />;
  }
  const dataCenter = board.state.lists.value?.dataCenters.find(({ id }) => id === place);
  return dataCenter === undefined ? null : <PlaceFacts dataCenter={dataCenter} />;
}
