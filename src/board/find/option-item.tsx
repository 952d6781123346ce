import type { Board } from '../board.ts';
import { ageOf, shortDayOf } from '../format/age.ts';
import { placeOf } from '../format/place.ts';
import { dollars } from '../format/price.ts';
import { stockLabelOf } from '../state/cell.ts';
import { CopyButton } from './copy-button.tsx';
import type { Placement } from './find.ts';
import { toCurl } from './shell.ts';

type Option = Placement['options'][number];

interface OptionItemProps {
  readonly board: Board;
  readonly option: Option;
}

/** One pod that meets the needs. */
export function OptionItem({ board, option }: OptionItemProps) {
  const { gpuType, dataCenter, gpuCount, onDemandPrice } = option.availability;
  return (
    <li class="option">
      <p class="option-price">
        {onDemandPrice === null ? (
          <span class="no-price">No price</span>
        ) : (
          <strong>{dollars(onDemandPrice.perPod)}</strong>
        )}
        <span class="quiet">{priceNote(onDemandPrice, gpuCount)}</span>
      </p>
      <p class="option-gpu">
        <strong>
          {gpuCount > 1 && `${gpuCount} × `}
          {gpuType.displayName}
        </strong>
        <span class="quiet">{memoryInWords(option)}</span>
      </p>
      <p class="option-place">
        <span>{placeOf(dataCenter)}</span>
        <span class="quiet">{dataCenter.id}</span>
      </p>
      <Stock board={board} option={option} />
      <CopyButtons option={option} />
    </li>
  );
}

function priceNote(price: Option['availability']['onDemandPrice'], gpuCount: number): string {
  if (price === null) return 'RunPod quotes none';
  return gpuCount === 1 ? 'per hour' : `per hour, ${dollars(price.perGpu)} per GPU`;
}

function memoryInWords({ availability: { gpuType, gpuCount }, totalMemoryGb }: Option): string {
  if (gpuType.memoryGb === null) return 'memory not reported';
  return gpuCount === 1 ? `${gpuType.memoryGb} GB` : `${gpuType.memoryGb} GB each, ${totalMemoryGb} GB total`;
}

/** Shows how much is in stock, and how old the observation is. */
function Stock({ board, option: { availability } }: OptionItemProps) {
  const { tone, text } = stockLabelOf(availability);
  const [level, note] = text.split(', ');
  const { observedAt, stale } = availability;
  const isRecorded = board.state.lists.value?.upstream.source === 'RECORDED';
  const age = observedAt === null ? '' : isRecorded ? shortDayOf(observedAt) : ageOf(observedAt, board.now.value);
  return (
    <p class="option-stock">
      <span class={`stock ${tone}`}>{level}</span>
      {note !== undefined && <span class="quiet">{note}</span>}
      <span class="quiet">
        {age}
        {stale && <span class="old"> old</span>}
      </span>
    </p>
  );
}

/** Buttons that copy the request that creates the pod. */
function CopyButtons({ option: { availability, createRequest } }: { readonly option: Option }) {
  const name = `${availability.gpuType.displayName} in ${availability.dataCenter.id}`;
  const asCurl = () => toCurl({ ...createRequest, keyVariable: 'RUNPOD_API_KEY' });
  return (
    <div class="option-copy">
      <CopyButton label="Copy curl" name={`Copy curl for ${name}`} text={asCurl} />
      <CopyButton label="Copy JSON" name={`Copy JSON for ${name}`} text={() => pretty(createRequest.body)} />
    </div>
  );
}

const pretty = (json: string): string => JSON.stringify(JSON.parse(json), null, 2);
