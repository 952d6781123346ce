import { useSignal } from '@preact/signals';
import type { Board } from '../board.ts';
import { moveFocusTo } from '../browser/move-focus.ts';
import { CertificationField } from './certification-field.tsx';
import { CountField } from './count-field.tsx';
import { hasNeeds, withoutNeeds } from './form.ts';
import { GpuField } from './gpu-field.tsx';
import { MemoryField } from './memory-field.tsx';
import { PlaceField } from './place-field.tsx';
import { PriceField } from './price-field.tsx';

/** The form for what the visitor needs. Each change sends a new query to the gateway. */
export function NeedsForm({ board }: { readonly board: Board }) {
  const { find } = board;
  return (
    <form class="needs" aria-label="What do you need?" onSubmit={(event) => event.preventDefault()}>
      <GpuField board={board} />
      <MemoryField find={find} />
      <CountField find={find} />
      <PlaceField board={board} />
      <PriceField find={find} />
      <MoreNeeds board={board} />
      {hasNeeds(find.form.value) && (
        <button
          type="button"
          class="button clear"
          onClick={() => {
            find.change(withoutNeeds(find.form.value));
            moveFocusTo('pods');
          }}
        >
          Clear all needs
        </button>
      )}
    </form>
  );
}

/** The fields for needs that few visitors have. These fields are folded away unless the URL contains one of these needs. */
function MoreNeeds({ board }: { readonly board: Board }) {
  const { networkVolume, globalNetwork, certifications } = board.find.form.value;
  const chosen = [networkVolume, globalNetwork, ...certifications].filter(Boolean).length;
  const isOpen = useSignal(chosen > 0);
  return (
    <details
      class="more"
      open={isOpen.value}
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>More needs{chosen > 0 && ` (${chosen})`}</summary>
      <label class="check">
        <input
          type="checkbox"
          checked={networkVolume}
          onChange={(event) => board.find.change({ networkVolume: event.currentTarget.checked })}
        />
        Network volume
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={globalNetwork}
          onChange={(event) => board.find.change({ globalNetwork: event.currentTarget.checked })}
        />
        Global network
      </label>
      <CertificationField board={board} />
    </details>
  );
}
