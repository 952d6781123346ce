import type { Find } from './find.ts';
import { relaxationsOf } from './relaxation.ts';

/** Buttons that give up one need each, with what there would be without it. */
export function Relaxations({ find }: { readonly find: Find }) {
  const relaxations = relaxationsOf(find.answer.value?.placement.relaxations ?? []);
  if (relaxations.length === 0) return null;
  return (
    <section class="relaxations" aria-labelledby="relaxations">
      <h2 id="relaxations">Give up one need</h2>
      <ul>
        {relaxations.map(({ need, text, change }) => (
          <li key={need}>
            <button type="button" class="button" onClick={() => find.change(change)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
