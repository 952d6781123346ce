import { useComputed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Bells } from '../alerts/bells.ts';
import type { Board } from '../board.ts';
import { focusableOf, moveFocus } from './grid-focus.ts';
import { Columns, Head } from './matrix-head.tsx';
import { MatrixRow } from './matrix-row.tsx';
import { Tooltip } from './tooltip.tsx';
import { useTooltip } from './use-tooltip.ts';

/** The table of GPU types by data centers. The Tab key stops only once in the table; arrow keys move the focus inside it. */
export function MatrixTable({ board, bells }: { readonly board: Board; readonly bells: Bells }) {
  const tip = useTooltip();
  const focused = useSignal<string | null>(null);
  const tabStop = useComputed(() => tabStopOf(board, focused.value));
  const matrix = board.matrix.value;
  const dataCenters = useMemo(() => matrix?.groups.flatMap((group) => group.dataCenters) ?? [], [matrix?.groups]);
  if (matrix === null) return null;
  if (matrix.rows.length === 0) return <p class="nothing empty">No GPU type matches the filters.</p>;
  return (
    <div class="scroll">
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is navigated by arrow keys is a grid
        role="grid"
        aria-label="GPU stock by data center"
        onKeyDown={moveFocus}
        onFocusIn={(event) => {
          const focusable = focusableOf(event.target);
          if (focusable !== null) focused.value = focusable.dataset['focusable'] ?? null;
          tip.show(focusable);
        }}
        onFocusOut={tip.hide}
        onPointerOver={(event) => event.pointerType === 'mouse' && tip.point(focusableOf(event.target))}
        onPointerLeave={tip.leave}
      >
        <Columns count={dataCenters.length} />
        <Head groups={matrix.groups} board={board} />
        <tbody>
          {matrix.rows.map(({ gpuType, price }) => (
            <MatrixRow
              key={gpuType.id}
              gpuType={gpuType}
              price={price}
              dataCenters={dataCenters}
              board={board}
              bells={bells}
              tabStop={tabStop}
            />
          ))}
        </tbody>
      </table>
      <Tooltip tip={tip} board={board} />
    </div>
  );
}

/**
 * Returns the `data-focusable` value of the element at which the Tab key enters the table. This is the element that last had the focus if
 * the table still shows it, otherwise the first bell.
 */
function tabStopOf({ matrix }: Board, focused: string | null): string | null {
  const { rows = [], groups = [] } = matrix.value ?? {};
  const [gpuTypeId, dataCenterId] = focused?.split('\n') ?? [];
  const isShown =
    rows.some(({ gpuType }) => gpuType.id === gpuTypeId) &&
    (dataCenterId === undefined || groups.some(({ dataCenters }) => dataCenters.some(({ id }) => id === dataCenterId)));
  return isShown ? focused : (rows[0]?.gpuType.id ?? null);
}
