import { useSignal } from '@preact/signals';
import type { Find } from './find.ts';
import { describedBy, NeedProblem } from './need-field.tsx';
import { useDraft } from './use-draft.ts';

/** The usual numbers of GPUs on a pod. The empty string stands for the smallest number of GPUs that has enough memory. */
const USUAL = ['', '1', '2', '4', '8'];

/** The field for the number of GPUs on the pod, with buttons for the usual numbers. */
export function CountField({ find }: { readonly find: Find }) {
  const { count } = find.form.value;
  const isTyping = useSignal(false);
  // The text field does not repeat a number that a button shows, unless the visitor is typing that number.
  const draft = useDraft(find, 'count', isTyping.value || !USUAL.includes(count) ? count : '');
  return (
    <fieldset class="need need-count">
      <legend>GPUs on the pod</legend>
      <div class="pair">
        <div class="segments">
          {USUAL.map((usual) => (
            <label key={usual} title={usual === '' ? 'The fewest GPUs with enough memory' : undefined}>
              <input
                type="radio"
                name="count"
                checked={count === usual}
                onChange={() => find.change({ count: usual })}
              />
              <span>{usual === '' ? 'Auto' : usual}</span>
            </label>
          ))}
        </div>
        <input
          type="number"
          min="1"
          inputMode="numeric"
          placeholder="Other"
          aria-label="Number of GPUs"
          {...draft}
          onFocus={() => {
            draft.onFocus();
            isTyping.value = true;
          }}
          onBlur={() => {
            isTyping.value = false;
          }}
          {...describedBy(find, 'count')}
        />
      </div>
      <NeedProblem find={find} name="count" />
    </fieldset>
  );
}
