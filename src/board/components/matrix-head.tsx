import { type ReadonlySignal, useComputed } from '@preact/signals';
import type { Board } from '../board.ts';
import { placeOf } from '../format/place.ts';
import { type CellKey, isInColumn } from '../state/cell.ts';
import { type DataCenter, regionName } from '../state/lists.ts';
import { type Filters, isDescendingByDefault, type Sort } from '../view/filters.ts';
import type { Matrix } from '../view/matrix.ts';
import { BellIcon } from './bell-icon.tsx';
import { Total } from './total.tsx';

/** The properties that the table head and all rows receive from the table. */
export interface GridProps {
  readonly board: Board;
  /** The `data-focusable` value of the element at which the Tab key enters the table. */
  readonly tabStop: ReadonlySignal<string | null>;
  /**
   * The key of the cell whose row and column are highlighted: a GPU type id and a data center id. If only a row or only a column is
   * highlighted, the other id is empty.
   */
  readonly crossed: ReadonlySignal<CellKey | null>;
}

interface ColumnsProps extends Pick<GridProps, 'crossed'> {
  readonly dataCenters: readonly DataCenter[];
}

/**
 * The columns of the table. They have fixed widths, so that the browser does not measure every cell again when one cell changes. The
 * highlighted column has a background, which shows through the cells without stock.
 */
export const Columns = ({ dataCenters, crossed }: ColumnsProps) => (
  <colgroup>
    <col class="name-column" />
    <col class="memory-column" />
    <col class="price-column" />
    <col class="total-column" />
    {dataCenters.map(({ id }) => (
      <col key={id} class={isInColumn(crossed.value, id) ? 'cell-column crossed' : 'cell-column'} />
    ))}
  </colgroup>
);

interface HeadProps extends GridProps, Pick<Matrix, 'groups' | 'totals'> {}

/** The table head: regions, data centers with their totals, and buttons that sort the rows. */
export function Head({ groups, totals, ...grid }: HeadProps) {
  const { board } = grid;
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
        <th scope="col" rowSpan={2} class="total">
          In stock
        </th>
        {groups.map(({ region, dataCenters }) => (
          <th key={region} scope="colgroup" colSpan={dataCenters.length} class="region">
            <span>{regionName(region)}</span>
          </th>
        ))}
      </tr>
      <tr>
        {groups.flatMap(({ dataCenters }) =>
          dataCenters.map((dataCenter, index) => (
            <PlaceHeader
              key={dataCenter.id}
              dataCenter={dataCenter}
              total={totals[dataCenter.id] ?? null}
              isFirst={index === 0}
              {...grid}
            />
          )),
        )}
      </tr>
    </thead>
  );
}

interface PlaceHeaderProps extends GridProps {
  readonly dataCenter: DataCenter;
  readonly total: number | null;
  /** Whether the column is the first one of its region. */
  readonly isFirst: boolean;
}

/**
 * The head of a column: the place in words, the id of the data center, and how many GPU types it has in stock. A click shows details of the
 * data center.
 */
function PlaceHeader({ dataCenter, total, isFirst, tabStop, crossed }: PlaceHeaderProps) {
  const { id } = dataCenter;
  const focusable = `\n${id}`;
  const tabIndex = useComputed(() => (tabStop.value === focusable ? 0 : -1));
  const look = useComputed(() => `place${isFirst ? ' first' : ''}${isInColumn(crossed.value, id) ? ' crossed' : ''}`);
  return (
    <th scope="col" class={look}>
      <button type="button" class="place-button" data-focusable={focusable} data-place={id} tabIndex={tabIndex}>
        <span class="place-name">
          {placeOf(dataCenter)} <span>{id}</span>
        </span>
        <span class="place-total">
          <Total total={total} />
          <span class="visually-hidden"> in stock</span>
        </span>
      </button>
    </th>
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
    <th scope="col" rowSpan={2} class={name} aria-sort={chosen === sort ? direction : undefined}>
      {sort === 'name' && (
        <span class="bell-hint" aria-hidden="true">
          <BellIcon /> notify me
        </span>
      )}
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
