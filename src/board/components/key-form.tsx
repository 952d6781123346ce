import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { keepFocus } from '../browser/move-focus.ts';
import { kindOfKey } from './key-kind.ts';

/**
 * Asks for the client key that the gateway requires. The field takes the focus when the form appears. If the visitor enters a RunPod key by
 * mistake, the form empties the field and sends nothing.
 */
export function KeyForm({ isWrong, onKey }: { readonly isWrong: boolean; readonly onKey: (key: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const isRunPodKey = useSignal(false);
  useEffect(() => field.current?.focus(), []);
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const key = field.current?.value.trim() ?? '';
    const kind = kindOfKey(key);
    isRunPodKey.value = kind === 'runpod';
    if (kind === 'client') onKey(key);
    if (kind === 'runpod' && field.current !== null) field.current.value = '';
  }
  return (
    <form ref={keepFocus} class="key-form" onSubmit={submit}>
      <label for="key">This gateway requires a client key</label>
      <div id="key-note">
        <p role="alert" class="key-wrong">
          {isRunPodKey.value
            ? 'That is a RunPod key. It was neither sent nor stored. Enter a client key of this gateway.'
            : isWrong && 'The gateway rejected that key. Enter another one.'}
        </p>
        <p>
          Ask the operator of this gateway for a client key. <strong>Never enter a RunPod key here.</strong>
        </p>
        <p>The key is kept until you close this tab, and is sent only to this gateway.</p>
      </div>
      <div class="key-row">
        <input
          ref={field}
          id="key"
          type="password"
          autoComplete="off"
          required
          pattern="\s*[!-~]+\s*"
          title="Letters, digits and symbols, without spaces"
          aria-describedby="key-note"
          aria-invalid={isWrong || isRunPodKey.value}
        />
        <button type="submit" class="button primary">
          Use key
        </button>
      </div>
    </form>
  );
}

/** Lets the visitor remove the client key from this tab. */
export const ForgetKey = ({ onForget }: { readonly onForget: () => void }) => (
  <p class="forget-key">
    This tab uses a client key of this gateway.{' '}
    <button type="button" class="button small" onClick={onForget}>
      Forget the key
    </button>
  </p>
);
