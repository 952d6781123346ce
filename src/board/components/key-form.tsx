/** Asks for the key that this gateway wants of its clients. */
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
      <label for="key">This gateway wants a key</label>
      <p id="key-note">
        {isWrong ? 'It did not take that one.' : 'It is kept until this tab is closed, and sent to this gateway alone.'}
      </p>
      <div class="key-row">
        <input
          id="key"
          name="key"
          type="password"
          autoComplete="off"
          required
          pattern="\s*[!-~]+\s*"
          title="Letters, digits and signs, without blanks"
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
