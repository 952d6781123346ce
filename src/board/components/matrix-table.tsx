import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { Bells } from '../alerts/bells.ts';
import type { Board } from '../board.ts';
import { type CellKey, cellKey, idsIn } from '../state/cell.ts';
import { focusableOf, isInMatrix, moveFocus } from './grid-focus.ts';
import { Columns, Head } from './matrix-head.tsx';
import { MatrixRow } from './matrix-row.tsx';
import { NoRows } from './no-rows.tsx';
import { TableSkeleton } from './skeleton.tsx';
import { Tooltip } from './tooltip.tsx';
import { useDrawnPart } from './use-drawn-part.ts';
import { type TooltipState, useTooltip } from './use-tooltip.ts';

interface MatrixTableProps {
  readonly board: Board;
  readonly bells: Bells;
}

/**
 * The table of GPU types by data centers. During the first read, the table has all rows and columns, and fills with cells. After the first
 * read, a new table without the empty rows and columns replaces it.
 */
export function MatrixTable({ board, bells }: MatrixTableProps) {
  const { readCount, hasRead } = board.state;
  if (board.matrix.value === null) return null;
  const isEmpty = board.matrix.value.rows.length === 0;
  // Only when the cells have arrived can the page say which filter makes the table empty.
  if (!hasRead.value && (isEmpty || readCount.value === 0)) return <TableSkeleton />;
  if (isEmpty) return <NoRows board={board} />;
  return <Grid key={String(hasRead.value)} board={board} bells={bells} />;
}

/** The table as a grid for the keyboard: the Tab key stops only once in it, and the arrow keys move the focus inside it. */
function Grid({ board, bells }: MatrixTableProps) {
  const tip = useTooltip();
  const crossed = useSignal<CellKey | null>(null);
  const tabStop = useComputed(() => tabStopOf(board));
  const { rows, groups, totals } = board.matrix.value ?? NOTHING;
  const dataCenters = useMemo(() => groups.flatMap((group) => group.dataCenters), [groups]);
  const box = useRef<HTMLDivElement>(null);
  const drawn = useDrawnPart(box, rows.length, dataCenters.length);
  const head = useMemo(
    () => <Head groups={groups} totals={totals} board={board} tabStop={tabStop} crossed={crossed} />,
    [groups, totals, board, tabStop, crossed],
  );
  return (
    <div ref={box} class="scroll" style={{ '--columns': dataCenters.length }}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is navigated by arrow keys is a grid
        role="grid"
        aria-label="GPU stock by data center"
        onKeyDown={(event) => moveFocus(event, board)}
        {...pointing(tip, { focused: board.focused, crossed })}
      >
        <Columns dataCenters={dataCenters} crossed={crossed} />
        {head}
        <tbody>
          {rows.map((row, index) => (
            <MatrixRow
              key={row.gpuType.id}
              {...row}
              dataCenters={dataCenters}
              board={board}
              bells={bells}
              tabStop={tabStop}
              crossed={crossed}
              columns={index >= drawn.rows[0] && index < drawn.rows[1] ? drawn.columns : null}
            />
          ))}
        </tbody>
      </table>
      <Tooltip tip={tip} board={board} />
    </div>
  );
}

const NOTHING = { rows: [], groups: [], totals: {} };

interface Pointed {
  /** The `data-focusable` value of the element that last had the focus. */
  readonly focused: Signal<string | null>;
  readonly crossed: Signal<CellKey | null>;
}

/**
 * Returns event handlers for the element that is under the pointer or has the focus. They show details of the element, and highlight its
 * row and column.
 */
function pointing(tip: TooltipState, { focused, crossed }: Pointed) {
  const cross = (focusable: HTMLElement | null) => {
    const [gpuTypeId, dataCenterId = ''] = idsIn(focusable?.dataset['focusable'] ?? '');
    crossed.value = cellKey(gpuTypeId, dataCenterId);
  };
  return {
    onFocusIn({ target }: FocusEvent) {
      const focusable = focusableOf(target);
      if (focusable !== null) focused.value = focusable.dataset['focusable'] ?? null;
      cross(focusable);
      tip.show(focusable);
    },
    onFocusOut() {
      cross(null);
      tip.hide();
    },
    // In some browsers, a tap on a button does not give the button the focus, so a click also shows the details.
    onClick: ({ target }: MouseEvent) => tip.show(focusableOf(target)),
    onPointerOver(event: PointerEvent) {
      if (event.pointerType !== 'mouse' || !tip.point(focusableOf(event.target), event)) return;
      cross(focusableOf(event.target));
    },
    onPointerLeave(event: PointerEvent) {
      if (tip.leave(event)) cross(focusableOf(document.activeElement));
    },
  };
}

/**
 * Returns the `data-focusable` value of the element at which the Tab key enters the table. This is the element that last had the focus if
 * the table still shows it, otherwise the first notification button (bell).
 */
function tabStopOf({ matrix, focused }: Board): string | null {
  if (matrix.value === null) return null;
  const isShown = focused.value !== null && isInMatrix(matrix.value, focused.value);
  return isShown ? focused.value : (matrix.value.rows[0]?.gpuType.id ?? null);
}
