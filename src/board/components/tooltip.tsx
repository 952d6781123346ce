import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Board } from '../board.ts';
import { ageOf, dayOf } from '../format/age.ts';
import { dollars } from '../format/price.ts';
import { type CellKey, stockLabelOf } from '../state/cell.ts';
import type { ShownCell } from '../state/cell-store.ts';
import { gpuTypeName } from '../state/lists.ts';
import { positionBeside, TOOLTIP_ID, type TooltipState } from './use-tooltip.ts';

/** Shows the price, the pod sizes, the age and other details of a cell next to that cell. Escape hides the tooltip. */
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
    document.addEventListener('keydown', onKey);
    document.addEventListener('scroll', tip.follow, true);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('scroll', tip.follow, true);
    };
  }, [tip]);
  const key = anchor?.dataset['cell'] as CellKey | undefined;
  const shown = key === undefined ? undefined : board.state.cells.watch(key).value;
  return (
    <div
      ref={box}
      id={TOOLTIP_ID}
      role="tooltip"
      class="tooltip"
      hidden={shown === undefined}
      onPointerEnter={tip.stay}
      onPointerLeave={tip.leave}
    >
      {shown !== undefined && <Facts shown={shown} board={board} />}
    </div>
  );
}

function Facts({ shown, board }: { readonly shown: ShownCell; readonly board: Board }) {
  const { gpuType, dataCenter, onDemandPrice, spotPrice, availableGpuCounts, observedAt } = shown.cell;
  const lists = board.state.lists.value;
  const name = lists === null ? gpuType.id : gpuTypeName(lists, gpuType.id);
  const location = lists?.dataCenters.find(({ id }) => id === dataCenter.id)?.location;
  const { gpuCount } = board.filters.value;
  const isRecorded = lists?.upstream.source === 'RECORDED';
  const remark = remarkOn(shown, board);
  return (
    <>
      <p class="tooltip-title">
        {name} <span>{dataCenter.id}</span>
      </p>
      <dl>
        <Fact name="Stock" value={stockLabelOf(shown.cell).text} />
        <Fact
          name="On demand"
          value={onDemandPrice === null ? 'no price' : `${dollars(onDemandPrice.perGpu)} per GPU hour`}
        />
        {gpuCount > 1 && onDemandPrice !== null && (
          <Fact name={`Pod of ${gpuCount}`} value={`${dollars(onDemandPrice.perPod)} per hour`} />
        )}
        {spotPrice !== null && <Fact name="Spot" value={`from ${dollars(spotPrice.perGpu)} per GPU hour`} />}
        <Fact name="Pod sizes" value={sizesInWords(availableGpuCounts)} />
        {location != null && <Fact name="Location" value={location} />}
        {observedAt !== null && (
          <Fact
            name="Observed"
            value={`${isRecorded ? dayOf(observedAt) : ageOf(observedAt, board.now.value)}${remark}`}
          />
        )}
      </dl>
    </>
  );
}

function remarkOn(shown: ShownCell, { state }: Board): string {
  if (state.isOutdated(shown)) return ', old';
  return shown.cell.stale ? ', being renewed' : '';
}

const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

function sizesInWords(counts: readonly number[] | null): string {
  if (counts === null) return 'unknown';
  return counts.length === 0 ? 'none' : counts.join(', ');
}
