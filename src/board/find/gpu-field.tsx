import type { Board } from '../board.ts';
import { describedBy, NeedField } from './need-field.tsx';
import { matchGpuTypes } from './question.ts';
import { useDraft } from './use-draft.ts';

/** The maximum number of GPU types that are named in the hint below the field. */
const MAX_NAMED = 4;

/**
 * The field for the GPU type. The browser suggests the names of the GPU types. A part of a name selects every type with this part in its
 * name.
 */
export function GpuField({ board }: { readonly board: Board }) {
  const { find, state } = board;
  const { gpu } = find.form.value;
  const gpuTypes = state.lists.value?.gpuTypes ?? [];
  const draft = useDraft(find, 'gpu', gpu);
  const names =
    draft.value.trim() === '' ? [] : matchGpuTypes(draft.value, gpuTypes).map(({ displayName }) => displayName);
  return (
    <NeedField find={find} name="gpu" label="GPU">
      <input
        id="need-gpu"
        type="search"
        list="gpu-types"
        placeholder="Any, such as H100"
        autoComplete="off"
        spellcheck={false}
        {...draft}
        {...describedBy(find, 'gpu')}
      />
      <datalist id="gpu-types">
        {gpuTypes.map(({ id, displayName, memoryGb }) => (
          <option key={id} value={displayName}>
            {memoryGb === null ? '' : `${memoryGb} GB`}
          </option>
        ))}
      </datalist>
      {names.length > 1 && <p class="hint">{inWords(names)}</p>}
    </NeedField>
  );
}

function inWords(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return more > 0 ? `${names.slice(0, MAX_NAMED).join(', ')} and ${more} more` : names.join(', ');
}
