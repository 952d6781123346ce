import type { Board } from '../board.ts';
import { ageOf, dayOf } from '../format/age.ts';
import { placeOf } from '../format/place.ts';
import { dollars } from '../format/price.ts';
import { type ShownCell, stockLabelOf } from '../state/cell.ts';
import { failureMessage } from '../state/failures.ts';
import { Fact } from './tooltip-fact.tsx';

interface CellFactsProps {
  readonly shown: ShownCell;
  readonly board: Board;
}

/** The details of a cell: stock, prices, pod sizes, place and age. */
export function CellFacts({ shown, board }: CellFactsProps) {
  const { gpuType, dataCenter, availableGpuCounts, observedAt } = shown.cell;
  const lists = board.state.lists.value;
  const place = lists?.dataCenters.find(({ id }) => id === dataCenter.id);
  const failures = board.state.responses.value.get(gpuType.id)?.failures ?? [];
  const reason = observedAt === null ? failureMessage(failures, dataCenter.id) : undefined;
  const isRecorded = lists?.upstream.source === 'RECORDED';
  return (
    <>
      <p class="tooltip-title">
        {lists?.gpuTypes.find(({ id }) => id === gpuType.id)?.displayName ?? gpuType.id} <span>{dataCenter.id}</span>
      </p>
      <dl>
        <Fact name="Stock" value={stockLabelOf(shown.cell).text} />
        {reason !== undefined && <Fact name="Reason" value={reason} />}
        <Prices shown={shown} board={board} />
        {availableGpuCounts !== null && <Fact name="Pod sizes" value={sizesInWords(availableGpuCounts)} />}
        {place !== undefined && <Fact name="Location" value={placeOf(place)} />}
        {observedAt !== null && (
          <Fact
            name="Observed"
            value={`${isRecorded ? dayOf(observedAt) : ageOf(observedAt, board.now.value)}${remarkOn(shown, board)}`}
          />
        )}
      </dl>
    </>
  );
}

/** The prices of a cell. RunPod quotes no price for a cell without stock, so such a cell shows the list price of its GPU type. */
function Prices({ shown: { cell }, board }: CellFactsProps) {
  const { available, onDemandPrice, spotPrice } = cell;
  const { gpuCount } = board.filters.value;
  const listPrice = board.state.lists.value?.gpuTypes.find(({ id }) => id === cell.gpuType.id)?.securePrice ?? null;
  return (
    <>
      {onDemandPrice !== null && <Fact name="On demand" value={`${dollars(onDemandPrice.perGpu)} per GPU hour`} />}
      {onDemandPrice === null && available === true && <Fact name="On demand" value="RunPod quotes no price" />}
      {onDemandPrice === null && listPrice !== null && (
        <Fact name="List price" value={`${dollars(listPrice)} per GPU hour`} />
      )}
      {gpuCount > 1 && onDemandPrice !== null && (
        <Fact name={`Pod of ${gpuCount}`} value={`${dollars(onDemandPrice.perPod)} per hour`} />
      )}
      {spotPrice !== null && <Fact name="Spot" value={`from ${dollars(spotPrice.perGpu)} per GPU hour`} />}
    </>
  );
}

function remarkOn(shown: ShownCell, { state }: Board): string {
  if (state.isOutdated(shown)) return ', old';
  return shown.cell.stale ? ', being renewed' : '';
}

const sizesInWords = (counts: readonly number[]): string => (counts.length === 0 ? 'none' : counts.join(', '));
