/** Asks for the client key that the gateway requires. */
export function KeyForm({ isWrong, onKey }: { readonly isWrong: boolean; readonly onKey: (key: string) => void }) {
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const key = new FormData(form).get('key');
    if (typeof key === 'string' && /^[\x21-\x7e]+$/.test(key.trim())) onKey(key.trim());
  }
  return (
    <form class="key-form" onSubmit={submit}>
      <label for="key">This gateway requires a key</label>
      <p id="key-note">
        {isWrong
          ? 'The gateway rejected that key. Enter another one.'
          : 'The key is kept until you close this tab and is sent only to this gateway.'}
      </p>
      <div class="key-row">
        <input
          id="key"
          name="key"
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
