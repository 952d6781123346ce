import { useComputed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Bells } from '../alerts/bells.ts';
import type { Board } from '../board.ts';
import { focusableOf, moveFocus } from './grid-focus.ts';
import { Columns, Head } from './matrix-head.tsx';
import { MatrixRow } from './matrix-row.tsx';
import { Tooltip } from './tooltip.tsx';
import { useTooltip } from './use-tooltip.ts';

/** GPU types by data centers. One stop for the Tab key; arrow keys lead on from there. */
export function MatrixTable({ board, bells }: { readonly board: Board; readonly bells: Bells }) {
  const tip = useTooltip();
  const focused = useSignal<string | null>(null);
  const tabStop = useComputed(() => tabStopOf(board, focused.value));
  const matrix = board.matrix.value;
  const dataCenters = useMemo(() => matrix?.groups.flatMap((group) => group.dataCenters) ?? [], [matrix?.groups]);
  if (matrix === null) return null;
  if (matrix.rows.length === 0) return <p class="nothing empty">No GPU type fits the filters.</p>;
  return (
    <div class="scroll">
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table in which arrow keys lead on is a grid
        role="grid"
        aria-label="Stock of GPU types in data centers"
        onKeyDown={moveFocus}
        onFocusIn={(event) => {
          const stop = focusableOf(event.target);
          if (stop !== null) focused.value = stop.dataset['stop'] ?? null;
          tip.show(stop);
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

/** Where the Tab key enters the table: where the focus was last, else the first bell. */
function tabStopOf({ matrix }: Board, focused: string | null): string | null {
  const { rows = [], groups = [] } = matrix.value ?? {};
  const [gpuTypeId, dataCenterId] = focused?.split('\n') ?? [];
  const isShown =
    rows.some(({ gpuType }) => gpuType.id === gpuTypeId) &&
    (dataCenterId === undefined || groups.some(({ dataCenters }) => dataCenters.some(({ id }) => id === dataCenterId)));
  return isShown ? focused : (rows[0]?.gpuType.id ?? null);
}
