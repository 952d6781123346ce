import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Bells } from '../alerts/bells.ts';
import { requestNotificationPermission } from '../alerts/notifications.ts';
import { dollars } from '../format/price.ts';
import { idsIn, isInRow } from '../state/cell.ts';
import type { DataCenter } from '../state/lists.ts';
import type { MatrixRow as Row } from '../view/matrix.ts';
import { BellIcon } from './bell-icon.tsx';
import type { Range } from './drawn-part.ts';
import type { GridProps } from './matrix-head.tsx';
import { StockCells } from './stock-cells.tsx';
import { Total } from './total.tsx';

interface MatrixRowProps extends GridProps, Row {
  readonly dataCenters: readonly DataCenter[];
  readonly bells: Bells;
  /** The columns whose cells are drawn; null if the row is out of sight. */
  readonly columns: Range | null;
}

/**
 * A row of the table: one GPU type in every data center that is shown. A row out of sight contains only the name, so that the browser's
 * text search finds it. The row that last had the focus is always drawn, so that the focus is not lost. If one of its cells had the focus,
 * all cells of the row are drawn. A row is drawn again only when one of its own properties changes.
 */
export function MatrixRow(props: MatrixRowProps) {
  const { gpuType, price, total, dataCenters, board, bells, columns, tabStop, crossed } = props;
  const look = useComputed(() => (isInRow(crossed.value, gpuType.id) ? 'crossed' : ''));
  const stop = useComputed(() => {
    const [gpuTypeId, dataCenterId = ''] = idsIn(tabStop.value ?? '');
    return gpuTypeId === gpuType.id ? dataCenterId : null;
  }).value;
  const isDrawn = columns !== null || stop !== null;
  const [from, to] = stop ? [0, dataCenters.length] : (columns ?? [0, 0]);
  const content = useMemo(
    () =>
      isDrawn ? (
        <DrawnRow {...{ gpuType, price, total, dataCenters, board, bells, columns: [from, to], stop }} />
      ) : (
        <th scope="row" class="name">
          <div class="name-line">
            <span class="gpu-name">{gpuType.displayName}</span>
          </div>
        </th>
      ),
    [gpuType, price, total, dataCenters, board, bells, isDrawn, from, to, stop],
  );
  // Only the content is memoized. The class of a memoized `<tr>` would no longer follow the signal `look`.
  return <tr class={look}>{content}</tr>;
}

interface DrawnRowProps extends Omit<MatrixRowProps, 'tabStop' | 'crossed'> {
  readonly columns: Range;
  /**
   * Where the Tab key enters the table: the id of the data center of a cell of this row, or an empty string for the bell of this row. Null
   * if the Tab key enters the table in another row.
   */
  readonly stop: string | null;
}

function DrawnRow({ gpuType, price, total, dataCenters, board, bells, columns, stop }: DrawnRowProps) {
  const { displayName, memoryGb } = gpuType;
  return (
    <>
      <th scope="row" class="name">
        <div class="name-line">
          <Bell gpuType={gpuType} bells={bells} isTabStop={stop === ''} />
          <span class="gpu-name">
            {displayName}
            <span class="gpu-note">
              {memoryGb !== null && `${memoryGb} GB · `}
              {price !== null && `${dollars(price)} · `}
              in <Total total={total} />
              <span class="visually-hidden"> data centers</span>
            </span>
          </span>
        </div>
      </th>
      <td class="memory">{memoryGb}</td>
      <td class="price">{price === null ? '' : price.toFixed(2)}</td>
      <td class="total">
        <Total total={total} />
      </td>
      <StockCells board={board} gpuType={gpuType} dataCenters={dataCenters} columns={columns} tabStop={stop} />
    </>
  );
}

interface BellProps extends Pick<MatrixRowProps, 'gpuType' | 'bells'> {
  readonly isTabStop: boolean;
}

/**
 * A button that turns notifications for a GPU type on and off. Its label appears while the button has the focus or the pointer is over it.
 */
function Bell({ gpuType, bells, isTabStop }: BellProps) {
  const { id, displayName } = gpuType;
  const isOn = bells.chosen.value.has(id);
  const toggle = () => {
    if (bells.toggle(id)) void requestNotificationPermission();
  };
  return (
    <button
      type="button"
      class="bell"
      data-focusable={id}
      tabIndex={isTabStop ? 0 : -1}
      aria-pressed={isOn}
      aria-label={`Notify me when ${displayName} is available`}
      onClick={toggle}
    >
      <BellIcon />
      <span class="bell-label" aria-hidden="true">
        {isOn ? 'Notifies you' : 'Notify me'}
      </span>
    </button>
  );
}
