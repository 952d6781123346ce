import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Find } from './find.ts';
import type { Form } from './form.ts';

/** How long the page waits after a key before it asks, in milliseconds. */
const PAUSE_MS = 300;

/** The properties of a field for text. */
interface Draft {
  readonly value: string;
  readonly onInput: (event: { readonly currentTarget: { readonly value: string } }) => void;
  readonly onFocus: () => void;
  readonly onChange: () => void;
}

/**
 * Lets a visitor type a text, which the form receives when the visitor pauses or leaves the field. All that is typed while the field has
 * the focus is one entry of the browser's history.
 */
export function useDraft(find: Find, name: 'gpu' | 'memory' | 'count' | 'price', shown: string): Draft {
  const draft = useSignal<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const since = useRef<string>(undefined);
  function commit() {
    clearTimeout(timer.current);
    if (draft.value === null) return;
    const change: Partial<Form> = { [name]: draft.value };
    if (draft.value.trim() !== shown) since.current = find.change(change, since.current);
    draft.value = null;
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  // The timer calls the function of the latest rendering, because the shown text may have changed.
  const latest = useRef(commit);
  latest.current = commit;
  return {
    value: draft.value ?? shown,
    onInput(event) {
      draft.value = event.currentTarget.value;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => latest.current(), PAUSE_MS);
    },
    onFocus() {
      since.current = undefined;
    },
    onChange: commit,
  };
}
