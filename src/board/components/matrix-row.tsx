import { type ReadonlySignal, useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Bells } from '../alerts/bells.ts';
import { requestNotificationPermission } from '../alerts/notifications.ts';
import type { Board } from '../board.ts';
import { dollars } from '../format/price.ts';
import { cellKey } from '../state/cell.ts';
import type { DataCenter, GpuType } from '../state/lists.ts';
import { StockCell } from './stock-cell.tsx';

interface MatrixRowProps {
  readonly gpuType: GpuType;
  readonly price: number | null;
  readonly dataCenters: readonly DataCenter[];
  readonly board: Board;
  readonly bells: Bells;
  readonly tabStop: ReadonlySignal<string | null>;
}

/**
 * A row of the table: one GPU type in every data center that is shown. A row is drawn again only when one of its own properties changes.
 */
export function MatrixRow(props: MatrixRowProps) {
  const { gpuType, price, dataCenters, board, bells, tabStop } = props;
  return useMemo(
    () => drawRow({ gpuType, price, dataCenters, board, bells, tabStop }),
    [gpuType, price, dataCenters, board, bells, tabStop],
  );
}

function drawRow({ gpuType, price, dataCenters, board, bells, tabStop }: MatrixRowProps) {
  const { id, displayName, memoryGb } = gpuType;
  return (
    <tr>
      <th scope="row" class="name">
        <div class="name-line">
          <Bell gpuType={gpuType} bells={bells} tabStop={tabStop} />
          <span class="gpu-name">
            {displayName}
            <span class="gpu-note">
              {[memoryGb === null ? [] : `${memoryGb} GB`, price === null ? [] : dollars(price)].flat().join(' · ')}
            </span>
          </span>
        </div>
      </th>
      <td class="memory">{memoryGb}</td>
      <td class="price">{price === null ? '' : price.toFixed(2)}</td>
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

/** A button that turns notifications for a GPU type on and off. */
function Bell({ gpuType, bells, tabStop }: Pick<MatrixRowProps, 'gpuType' | 'bells' | 'tabStop'>) {
  const { id, displayName } = gpuType;
  const tabIndex = useComputed(() => (tabStop.value === id ? 0 : -1));
  const toggle = () => {
    if (bells.toggle(id)) void requestNotificationPermission();
  };
  return (
    <button
      type="button"
      class="bell"
      data-focusable={id}
      tabIndex={tabIndex}
      aria-pressed={bells.chosen.value.has(id)}
      aria-label={`Notify me when ${displayName} is available`}
      onClick={toggle}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d="M8 1.5a4 4 0 0 0-4 4c0 3-1.5 4.5-1.5 5.5h11c0-1-1.5-2.500-1.500-5.500a4 4 0 0 0-4-4zM6.500 12.500a1.500 1.500 0 0 0 3 0z" />
      </svg>
    </button>
  );
}
