import { useComputed, useSignal } from '@preact/signals';
import type { Bells } from '../bells.ts';
import type { Board } from '../board.ts';
import { descendsAtFirst, type Filters, type Sort } from '../filters.ts';
import { nameOfRegion } from '../inventory.ts';
import type { ColumnGroup } from '../matrix.ts';
import { moveFocus, stopOf } from './grid-focus.ts';
import { MatrixRow } from './matrix-row.tsx';
import { Skeleton } from './skeleton.tsx';
import { Tooltip, useTip } from './tooltip.tsx';

/** GPU types by data centers. One stop for the Tab key; arrow keys lead on from there. */
export function MatrixTable({ board, bells }: { readonly board: Board; readonly bells: Bells }) {
  const tip = useTip();
  const focused = useSignal<string | null>(null);
  const tabStop = useComputed(() => tabStopOf(board, focused.value));
  const matrix = board.matrix.value;
  if (matrix === null) return <Skeleton />;
  if (matrix.rows.length === 0) return <p class="nothing empty">No GPU type fits the filters.</p>;
  const dataCenters = matrix.groups.flatMap((group) => group.dataCenters);
  return (
    <div class="scroll" onScroll={tip.follow}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table in which arrow keys lead on is a grid
        role="grid"
        aria-label="Stock of GPU types in data centers"
        onKeyDown={moveFocus}
        onFocusIn={(event) => {
          const stop = stopOf(event.target);
          if (stop !== null) focused.value = stop.dataset['stop'] ?? null;
          tip.show(stop);
        }}
        onFocusOut={tip.hide}
        onPointerOver={(event) => event.pointerType === 'mouse' && tip.point(stopOf(event.target))}
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
  const rows = matrix.value?.rows ?? [];
  const isShown = rows.some(({ gpuType }) => focused === gpuType.id || focused?.startsWith(`${gpuType.id}\n`));
  return isShown ? focused : (rows[0]?.gpuType.id ?? null);
}

/** Widths that depend on no content, so that the browser need not measure every cell when one changes. */
const Columns = ({ count }: { readonly count: number }) => (
  <colgroup>
    <col class="name-column" />
    <col class="memory-column" />
    <col class="price-column" />
    <col class="cell-column" span={count} />
  </colgroup>
);

function Head({ groups, board }: { readonly groups: readonly ColumnGroup[]; readonly board: Board }) {
  return (
    <thead>
      <tr>
        <SortHeader board={board} sort="name" class="name">
          GPU
        </SortHeader>
        <SortHeader board={board} sort="memory" class="memory">
          GB
        </SortHeader>
        <SortHeader board={board} sort="price" class="price">
          $/h
        </SortHeader>
        {groups.map(({ region, dataCenters }) => (
          <th key={region} scope="colgroup" colSpan={dataCenters.length} class="region">
            <span>{nameOfRegion(region)}</span>
          </th>
        ))}
      </tr>
      <tr>
        {groups.flatMap(({ dataCenters }) =>
          dataCenters.map(({ id }, index) => (
            <th key={id} scope="col" class={index === 0 ? 'place first' : 'place'}>
              <span>{id}</span>
            </th>
          )),
        )}
      </tr>
    </thead>
  );
}

interface SortHeaderProps {
  readonly board: Board;
  readonly sort: Sort;
  readonly class: string;
  readonly children: string;
}

function SortHeader({ board, sort, class: name, children }: SortHeaderProps) {
  const { sort: chosen, descending } = board.filters.value;
  const direction = descending ? 'descending' : 'ascending';
  return (
    <th scope="col" rowSpan={2} class={name} {...(chosen === sort && { 'aria-sort': direction })}>
      <button type="button" class="sort" onClick={() => (board.filters.value = sortedBy(board.filters.peek(), sort))}>
        {children}
        <span class="direction" aria-hidden="true">
          {chosen === sort ? (descending ? '▼' : '▲') : ''}
        </span>
      </button>
    </th>
  );
}

const sortedBy = (filters: Filters, sort: Sort): Filters => ({
  ...filters,
  sort,
  descending: filters.sort === sort ? !filters.descending : descendsAtFirst(sort),
});
