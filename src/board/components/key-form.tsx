import { useEffect, useRef } from 'preact/hooks';

/** Asks for the client key that the gateway requires. The field takes the focus when the form appears. */
export function KeyForm({ isWrong, onKey }: { readonly isWrong: boolean; readonly onKey: (key: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const key = field.current?.value.trim() ?? '';
    if (/^[\x21-\x7e]+$/.test(key)) onKey(key);
  }
  return (
    <form class="key-form" onSubmit={submit}>
      <label for="key">This gateway requires a client key</label>
      <div id="key-note">
        {isWrong && (
          <p role="alert" class="key-wrong">
            The gateway rejected that key. Enter another one.
          </p>
        )}
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
          aria-invalid={isWrong}
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
