import { useSignal } from '@preact/signals';
import type { Board } from '../board.ts';
import { moveFocusTo } from '../browser/move-focus.ts';
import { type Lists, regionName, regionsOf } from '../state/lists.ts';
import {
  amountOf,
  amountText,
  type Filters,
  fromSearch,
  MAX_GPU_COUNT,
  toSearch,
  withoutConditions,
} from '../view/filters.ts';
import { Field, SelectField } from './filter-fields.tsx';

const GPU_COUNTS = Array.from({ length: MAX_GPU_COUNT }, (_, index) => [index + 1, String(index + 1)] as const);
const MEMORY_SIZES_GB = [16, 24, 32, 48, 80, 96, 141, 180];

/** The controls that choose what the table shows. On a phone, a button unfolds them. */
export function FilterBar({ board }: { readonly board: Board }) {
  const isUnfolded = useSignal(false);
  const filters = board.filters.value;
  const isFiltered = toSearch(filters) !== toSearch(withoutConditions(filters));
  return (
    <>
      <button
        type="button"
        class="button unfold"
        aria-expanded={isUnfolded.value}
        aria-controls="filters"
        onClick={() => {
          isUnfolded.value = !isUnfolded.value;
        }}
      >
        Filters{isFiltered && ' (active)'}
      </button>
      <form
        id="filters"
        class={isUnfolded.value ? 'filters' : 'filters folded'}
        aria-label="Filters"
        onSubmit={(event) => event.preventDefault()}
      >
        <GpuTypeFields board={board} />
        <PodFields board={board} />
        {isFiltered && (
          <button
            type="button"
            class="button"
            onClick={() => {
              setFilters(board, withoutConditions(filters));
              moveFocusTo('stock');
            }}
          >
            Clear filters
          </button>
        )}
      </form>
    </>
  );
}

/** The fields for name, region, manufacturer and memory. */
function GpuTypeFields({ board }: { readonly board: Board }) {
  const { gpu, region, manufacturer, minMemoryGb } = board.filters.value;
  const choose = (name: string) => (text: string) => chooseFilter(board, name, text);
  return (
    <>
      <Field id="gpu" label="GPU">
        <input
          id="gpu"
          type="search"
          placeholder="Any"
          value={gpu}
          onInput={(event) => setFilters(board, { gpu: event.currentTarget.value })}
        />
      </Field>
      <SelectField
        id="region"
        label="Region"
        value={region ?? ''}
        options={[['', 'All'], ...regionOptions(board.state.lists.value)]}
        onChange={choose('region')}
      />
      <SelectField
        id="manufacturer"
        label="Maker"
        value={manufacturer ?? ''}
        options={[
          ['', 'All'],
          ['NVIDIA', 'NVIDIA'],
          ['AMD', 'AMD'],
        ]}
        onChange={choose('manufacturer')}
      />
      <SelectField
        id="memory"
        label="Memory, at least"
        value={minMemoryGb ?? ''}
        options={[['', 'Any'], ...memoryOptions(minMemoryGb)]}
        onChange={choose('memory')}
      />
    </>
  );
}

/** The fields for price and pod size. */
function PodFields({ board }: { readonly board: Board }) {
  const { maxPrice, gpuCount } = board.filters.value;
  const typedPrice = useSignal('');
  return (
    <>
      <Field id="price" label="$ per GPU hour, at most">
        <input
          id="price"
          type="number"
          min="0"
          step="any"
          inputMode="decimal"
          placeholder="Any"
          value={amountText(typedPrice.value, maxPrice)}
          onInput={({ currentTarget: { value } }) => {
            typedPrice.value = value;
            setFilters(board, { maxPrice: amountOf(value) });
          }}
        />
      </Field>
      <SelectField
        id="count"
        label="GPUs per pod"
        value={gpuCount}
        options={GPU_COUNTS}
        onChange={(text) => chooseFilter(board, 'count', text)}
      />
    </>
  );
}

function setFilters({ filters }: Board, change: Partial<Filters>): void {
  filters.value = { ...filters.peek(), ...change };
}

/** Sets one filter to the text of a control. The text is parsed like a parameter of the URL, so an invalid text sets the default. */
function chooseFilter({ filters }: Board, name: string, text: string): void {
  const search = new URLSearchParams(toSearch(filters.peek()));
  search.set(name, text);
  filters.value = fromSearch(search.toString());
}

const regionOptions = (lists: Lists | null) =>
  (lists === null ? [] : regionsOf(lists)).map((region) => [region, regionName(region)] as const);

/**
 * Returns the options for the memory size: the usual sizes, and also the chosen size if it is not one of them. A URL can choose any size,
 * and the control has to show it.
 */
function memoryOptions(chosenGb: number | null) {
  const isOther = chosenGb !== null && !MEMORY_SIZES_GB.includes(chosenGb);
  const sizesGb = isOther ? [...MEMORY_SIZES_GB, chosenGb].toSorted((a, b) => a - b) : MEMORY_SIZES_GB;
  return sizesGb.map((sizeGb) => [sizeGb, `${sizeGb} GB`] as const);
}
