import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Board } from '../board.ts';
import { regionName, regionsOf } from '../state/lists.ts';
import { amountOf, DEFAULT_FILTERS, type Filters, fromSearch, MAX_GPU_COUNT, toSearch } from '../view/filters.ts';

const COUNTS = Array.from({ length: MAX_GPU_COUNT }, (_, index) => index + 1);
const MEMORIES = [16, 24, 32, 48, 80, 96, 141, 180];

/** Chooses what is shown. */
export function FilterBar({ board }: { readonly board: Board }) {
  const filters = board.filters.value;
  const lists = board.state.lists.value;
  const set = (change: Partial<Filters>) => {
    board.filters.value = { ...board.filters.peek(), ...change };
  };
  /** What a control says is read as a URL is: an impossible value is no condition. */
  const choose = (name: string) => (event: Event) => {
    const search = new URLSearchParams(toSearch(board.filters.peek()));
    search.set(name, textOf(event));
    board.filters.value = fromSearch(search.toString());
  };
  const isUnfolded = useSignal(false);
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
        Filters{toSearch(filters) !== '' && ' (set)'}
      </button>
      <form
        id="filters"
        class={isUnfolded.value ? 'filters' : 'filters folded'}
        aria-label="Filters"
        onSubmit={(event) => event.preventDefault()}
      >
        <Field id="gpu" label="GPU">
          <input
            id="gpu"
            type="search"
            placeholder="Any"
            value={filters.gpu}
            onInput={(event) => set({ gpu: textOf(event) })}
          />
        </Field>
        <Field id="region" label="Region">
          <select id="region" value={filters.region ?? ''} onChange={choose('region')}>
            <option value="">All</option>
            {(lists === null ? [] : regionsOf(lists)).map((region) => (
              <option key={region} value={region}>
                {regionName(region)}
              </option>
            ))}
          </select>
        </Field>
        <Field id="manufacturer" label="Maker">
          <select id="manufacturer" value={filters.manufacturer ?? ''} onChange={choose('manufacturer')}>
            <option value="">All</option>
            <option value="NVIDIA">NVIDIA</option>
            <option value="AMD">AMD</option>
          </select>
        </Field>
        <Field id="memory" label="Memory, at least">
          <select id="memory" value={filters.minMemoryGb ?? ''} onChange={choose('memory')}>
            <option value="">Any</option>
            {withChosen(MEMORIES, filters.minMemoryGb).map((memory) => (
              <option key={memory} value={memory}>
                {memory} GB
              </option>
            ))}
          </select>
        </Field>
        <Field id="price" label="$ per GPU hour, at most">
          <input
            id="price"
            type="number"
            min="0"
            step="any"
            inputMode="decimal"
            placeholder="Any"
            value={filters.maxPrice ?? ''}
            onInput={(event) => set({ maxPrice: amountOf(textOf(event)) })}
          />
        </Field>
        <Field id="count" label="GPUs on a pod">
          <select id="count" value={filters.gpuCount} onChange={choose('count')}>
            {COUNTS.map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={filters.rentableOnly}
            onChange={() => set({ rentableOnly: !filters.rentableOnly })}
          />
          Only what can be rented
        </label>
        {toSearch(filters) !== '' && (
          <button type="button" class="button" onClick={() => set(DEFAULT_FILTERS)}>
            Show all
          </button>
        )}
      </form>
    </>
  );
}

function Field({
  id,
  label,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`field field-${id}`}>
      <label for={id}>{label}</label>
      {children}
    </div>
  );
}

/** A value of a URL that is none of the usual ones is offered too, so that the control shows it. */
const withChosen = (usual: readonly number[], chosen: number | null): readonly number[] =>
  chosen === null || usual.includes(chosen) ? usual : [...usual, chosen].toSorted((a, b) => a - b);

const textOf = ({ target }: Event): string =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target.value : '';
