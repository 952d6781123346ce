import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { ageOf, dayOf } from '../age.ts';
import type { Board } from '../board.ts';
import { type Cell, type CellKey, faceOf } from '../cell.ts';
import { dollars } from '../price.ts';
import { now } from './clock.ts';

const ID = 'tip';

/** Time to get from a cell into its tooltip with the pointer. */
const LEAVE_MS = 150;

/** Which cell is told about. */
export interface Tip {
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
  /** The table was scrolled. */
  follow(): void;
}

export function useTip(): Tip {
  const anchor = useSignal<HTMLElement | null>(null);
  const moves = useSignal(0);
  return useMemo(() => createTip(anchor, moves), [anchor, moves]);
}

function createTip(anchor: Signal<HTMLElement | null>, moves: Signal<number>): Tip {
  let leaving: ReturnType<typeof setTimeout> | undefined;
  const stay = () => clearTimeout(leaving);
  const tell = (cell: HTMLElement | null) => {
    stay();
    anchor.peek()?.removeAttribute('aria-describedby');
    cell?.setAttribute('aria-describedby', ID);
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

/** Tells price and pod sizes of a cell, beside it. Escape sends it away. */
export function Tooltip({ tip, board }: { readonly tip: Tip; readonly board: Board }) {
  const box = useRef<HTMLDivElement>(null);
  const anchor = tip.anchor.value;
  const moves = tip.moves.value;
  useLayoutEffect(() => {
    if (anchor !== null && box.current !== null) place(box.current, anchor);
  }, [anchor, moves]);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && tip.hide();
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [tip]);
  const key = anchor?.dataset['cell'] as CellKey | undefined;
  const known = key === undefined ? undefined : board.known.cells.watch(key).value;
  return (
    <div
      ref={box}
      id={ID}
      role="tooltip"
      class="tip"
      hidden={known === undefined}
      onPointerEnter={tip.stay}
      onPointerLeave={tip.leave}
    >
      {known !== undefined && <Facts cell={known.cell} board={board} />}
    </div>
  );
}

function Facts({ cell, board }: { readonly cell: Cell; readonly board: Board }) {
  const { gpuType, dataCenter, onDemandPrice, spotPrice, availableGpuCounts, observedAt, stale } = cell;
  const inventory = board.known.inventory.value;
  const name = inventory?.gpuTypes.find(({ id }) => id === gpuType.id)?.displayName;
  const location = inventory?.dataCenters.find(({ id }) => id === dataCenter.id)?.location;
  const { gpuCount } = board.filters.value;
  const isRecorded = inventory?.upstream.source === 'RECORDED';
  return (
    <>
      <p class="tip-title">
        {name} <span>{dataCenter.id}</span>
      </p>
      <dl>
        <Fact name="Stock" value={faceOf(cell).words} />
        <Fact
          name="On demand"
          value={onDemandPrice === null ? 'no price' : `${dollars(onDemandPrice.perGpu)} per GPU hour`}
        />
        {gpuCount > 1 && onDemandPrice !== null && (
          <Fact name={`Pod of ${gpuCount}`} value={`${dollars(onDemandPrice.perPod)} per hour`} />
        )}
        {spotPrice !== null && <Fact name="Spot" value={`from ${dollars(spotPrice.perGpu)} per GPU hour`} />}
        <Fact name="Pod sizes" value={sizesInWords(availableGpuCounts)} />
        {location != null && <Fact name="Place" value={location} />}
        {observedAt !== null && (
          <Fact
            name="Observed"
            value={`${isRecorded ? dayOf(observedAt) : ageOf(observedAt, now.value)}${stale ? ', old' : ''}`}
          />
        )}
      </dl>
    </>
  );
}

const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

function sizesInWords(counts: readonly number[] | null): string {
  if (counts === null) return 'not told';
  return counts.length === 0 ? 'none' : counts.join(', ');
}

const GAP = 6;

/** Below the cell, or above it where there is no room; never past the edge of the window. */
function place(box: HTMLElement, anchor: HTMLElement): void {
  const cell = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const fitsBelow = cell.bottom + GAP + height <= clientHeight;
  const left = Math.max(GAP, Math.min(cell.left + cell.width / 2 - width / 2, clientWidth - width - GAP));
  box.style.left = `${left}px`;
  box.style.top = `${fitsBelow ? cell.bottom + GAP : Math.max(GAP, cell.top - GAP - height)}px`;
}
