import type { Find } from './find.ts';
import { describedBy, NeedField } from './need-field.tsx';
import { useDraft } from './use-draft.ts';

/** The field for the minimum memory, per GPU or for the whole pod. */
export function MemoryField({ find }: { readonly find: Find }) {
  const { memory, memoryOf } = find.form.value;
  const draft = useDraft(find, 'memory', memory);
  return (
    <NeedField find={find} name="memory" label="Memory in GB, at least">
      <div class="pair">
        <input
          id="need-memory"
          type="number"
          min="0"
          inputMode="numeric"
          placeholder="Any"
          {...draft}
          {...describedBy(find, 'memory')}
        />
        <select
          aria-label="Memory of"
          value={memoryOf}
          onChange={(event) => find.change({ memoryOf: event.currentTarget.value === 'pod' ? 'pod' : 'gpu' })}
        >
          <option value="gpu">per GPU</option>
          <option value="pod">per pod</option>
        </select>
      </div>
    </NeedField>
  );
}
