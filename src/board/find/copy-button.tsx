import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { copyText } from '../browser/copy-text.ts';

/** How long the button shows whether the text was copied, in milliseconds. */
const SHOWN_MS = 2500;

interface CopyButtonProps {
  readonly label: string;
  /** The button's name for screen readers. It must contain the words of `label`. */
  readonly name: string;
  readonly text: () => string;
}

/** A button that copies a text. It shows whether that worked, and screen readers read the result out. */
export function CopyButton({ label, name, text }: CopyButtonProps) {
  const result = useSignal('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  async function copy() {
    result.value = (await copyText(text())) ? 'Copied' : 'Not allowed';
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      result.value = '';
    }, SHOWN_MS);
  }
  return (
    <>
      <button type="button" class="button small copy" aria-label={name} onClick={copy}>
        {/* Both texts are in the same place, so that the button keeps its width. */}
        <span class={result.value === '' ? '' : 'hidden'}>{label}</span>
        <span aria-hidden="true">{result.value}</span>
      </button>
      <span role="status" class="visually-hidden">
        {result.value}
      </span>
    </>
  );
}
