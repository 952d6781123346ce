import type { Find } from './find.ts';
import type { Form } from './form.ts';
import type { Relaxation } from './relaxation.ts';

interface RelaxationsProps {
  readonly find: Find;
  readonly relaxations: readonly Relaxation[];
}

/** Buttons that remove needs from the form, one button for each need. */
export function Relaxations({ find, relaxations }: RelaxationsProps) {
  if (relaxations.length === 0) return null;
  return (
    <section class="relaxations" aria-labelledby="relaxations">
      <h2 id="relaxations">Give up one need</h2>
      <ul>
        {relaxations.map(({ need, text, change }) => (
          <li key={need}>
            <button type="button" class="button" onClick={() => giveUp(find, change)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Drops a need. The button disappears with the need, so the heading of the list takes the focus. */
function giveUp(find: Find, change: Partial<Form>): void {
  find.change(change);
  document.getElementById('found')?.focus();
}
