import type { Find } from './find.ts';
import { describedBy, NeedField } from './need-field.tsx';
import { useDraft } from './use-draft.ts';

/** The field for the highest price of the pod. */
export function PriceField({ find }: { readonly find: Find }) {
  const draft = useDraft(find, 'price', find.form.value.price);
  return (
    <NeedField find={find} name="price" label="$/h per pod, at most">
      <input
        id="need-price"
        type="number"
        min="0"
        step="any"
        inputMode="decimal"
        placeholder="Any"
        {...draft}
        {...describedBy(find, 'price')}
      />
    </NeedField>
  );
}
