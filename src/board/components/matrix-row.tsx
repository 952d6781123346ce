import { type ReadonlySignal, useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Bells } from '../alerts/bells.ts';
import { requestNotificationPermission } from '../alerts/notifications.ts';
import { dollars } from '../format/price.ts';
import { cellKey, isInRow } from '../state/cell.ts';
import type { DataCenter, GpuType } from '../state/lists.ts';
import { BellIcon } from './bell-icon.tsx';
import type { GridProps } from './matrix-head.tsx';
import { StockCell } from './stock-cell.tsx';
import { Total } from './total.tsx';

interface MatrixRowProps extends GridProps {
  readonly gpuType: GpuType;
  readonly price: number | null;
  readonly dataCenters: readonly DataCenter[];
  readonly bells: Bells;
}

/**
 * A row of the table: one GPU type in every data center that is shown. A row is drawn again only when one of its own properties changes.
 */
export function MatrixRow(props: MatrixRowProps) {
  const { gpuType, price, dataCenters, board, bells, tabStop, totals, crossed } = props;
  const look = useComputed(() => (isInRow(crossed.value, gpuType.id) ? 'crossed' : ''));
  return useMemo(
    () => drawRow({ gpuType, price, dataCenters, board, bells, tabStop, totals, look }),
    [gpuType, price, dataCenters, board, bells, tabStop, totals, look],
  );
}

interface DrawnRow extends Omit<MatrixRowProps, 'crossed'> {
  /** The classes of the row. */
  readonly look: ReadonlySignal<string>;
}

function drawRow({ gpuType, price, dataCenters, board, bells, tabStop, totals, look }: DrawnRow) {
  const { id, displayName, memoryGb } = gpuType;
  return (
    <tr class={look}>
      <th scope="row" class="name">
        <div class="name-line">
          <Bell gpuType={gpuType} bells={bells} tabStop={tabStop} />
          <span class="gpu-name">
            {displayName}
            <span class="gpu-note">
              {memoryGb !== null && `${memoryGb} GB · `}
              {price !== null && `${dollars(price)} · `}
              in <RowTotal gpuTypeId={id} totals={totals} />
              <span class="unseen"> data centers</span>
            </span>
          </span>
        </div>
      </th>
      <td class="memory">{memoryGb}</td>
      <td class="price">{price === null ? '' : price.toFixed(2)}</td>
      <td class="total">
        <RowTotal gpuTypeId={id} totals={totals} />
      </td>
      {dataCenters.map((dataCenter, index) => (
        <StockCell
          key={dataCenter.id}
          name={cellKey(id, dataCenter.id)}
          gpuName={displayName}
          dataCenterId={dataCenter.id}
          isFirst={dataCenters[index - 1]?.region !== dataCenter.region}
          state={board.state}
          tabStop={tabStop}
        />
      ))}
    </tr>
  );
}

/** The number of data centers that have the GPU type of a row in stock. */
function RowTotal({ gpuTypeId, totals }: { readonly gpuTypeId: string } & Pick<GridProps, 'totals'>) {
  const total = useComputed(() => totals.value.byGpuType.get(gpuTypeId) ?? null);
  return <Total total={total} />;
}

/** A button that turns notifications for a GPU type on and off. Its label appears while the bell is pointed at or has the focus. */
function Bell({ gpuType, bells, tabStop }: Pick<MatrixRowProps, 'gpuType' | 'bells' | 'tabStop'>) {
  const { id, displayName } = gpuType;
  const tabIndex = useComputed(() => (tabStop.value === id ? 0 : -1));
  const isOn = bells.chosen.value.has(id);
  const toggle = () => {
    if (bells.toggle(id)) void requestNotificationPermission();
  };
  return (
    <button
      type="button"
      class="bell"
      data-focusable={id}
      tabIndex={tabIndex}
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
