import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Find } from './find.ts';
import type { Form } from './form.ts';

/** How long the page waits after a keystroke before it asks the gateway, in milliseconds. */
const PAUSE_MS = 300;

/** The properties of a text field that `useDraft` returns. */
interface Draft {
  readonly value: string;
  readonly onInput: (event: { readonly currentTarget: { readonly value: string } }) => void;
  readonly onFocus: () => void;
  readonly onChange: () => void;
}

/**
 * Lets a visitor type text into a field. The form receives the text when the visitor pauses or leaves the field. All text that is typed
 * while the field has focus becomes one entry in the browser's history.
 */
export function useDraft(find: Find, name: 'gpu' | 'memory' | 'count' | 'price', shown: string): Draft {
  // `text` is what the visitor has typed. `over` is the form's text at the last keystroke, or the text that the last `commit` put into the
  // form. While the form still contains `over`, the field shows `text`, including leading and trailing spaces. After any other change to
  // the form, such as by the Back button, the field shows the form's text.
  const draft = useSignal({ text: shown, over: shown });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const since = useRef<string>(undefined);
  function commit() {
    clearTimeout(timer.current);
    const { text, over } = draft.value;
    const trimmed = text.trim();
    if (over !== shown || trimmed === shown) return;
    draft.value = { text, over: trimmed };
    const change: Partial<Form> = { [name]: text };
    since.current = find.change(change, since.current);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  // The timer calls the `commit` of the latest rendering, because an earlier `commit` has an outdated value of `shown`.
  const latest = useRef(commit);
  latest.current = commit;
  return {
    value: draft.value.over === shown ? draft.value.text : shown,
    onInput(event) {
      draft.value = { text: event.currentTarget.value, over: shown };
      clearTimeout(timer.current);
      timer.current = setTimeout(() => latest.current(), PAUSE_MS);
    },
    onFocus() {
      since.current = undefined;
    },
    onChange: commit,
  };
}
