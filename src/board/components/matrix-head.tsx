import type { Board } from '../board.ts';
import { regionName } from '../state/lists.ts';
import { type Filters, isDescendingByDefault, type Sort } from '../view/filters.ts';
import type { ColumnGroup } from '../view/matrix.ts';

/** The columns have fixed widths, so that the browser does not measure every cell again when one cell changes. */
export const Columns = ({ count }: { readonly count: number }) => (
  <colgroup>
    <col class="name-column" />
    <col class="memory-column" />
    <col class="price-column" />
    <col class="cell-column" span={count} />
  </colgroup>
);

/** The table head: regions, data centers, and buttons that sort the rows. */
export function Head({ groups, board }: { readonly groups: readonly ColumnGroup[]; readonly board: Board }) {
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
            <span>{regionName(region)}</span>
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
  descending: filters.sort === sort ? !filters.descending : isDescendingByDefault(sort),
});
