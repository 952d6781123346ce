import type { Board } from '../board.ts';
import { alphabetical } from '../format/alphabetical.ts';
import { NeedProblem } from './need-field.tsx';

/** Check boxes for the certifications that RunPod reports for any data center, and for those in the URL. */
export function CertificationField({ board }: { readonly board: Board }) {
  const { find, state } = board;
  const { certifications } = find.form.value;
  const reported = state.lists.value?.dataCenters.flatMap(({ compliance }) => compliance ?? []) ?? [];
  const names = [...new Set([...reported, ...certifications])].toSorted(alphabetical);
  const toggle = (name: string, isChosen: boolean) => {
    const others = certifications.filter((one) => one !== name);
    find.change({ certifications: isChosen ? [...others, name] : others });
  };
  if (names.length === 0) return <p class="hint">RunPod reports no certifications.</p>;
  return (
    <fieldset class="need">
      <legend>Certifications</legend>
      {names.map((name) => (
        <label key={name} class="check">
          <input
            type="checkbox"
            checked={certifications.includes(name)}
            onChange={(event) => toggle(name, event.currentTarget.checked)}
          />
          {name}
        </label>
      ))}
      <NeedProblem find={find} name="certifications" />
    </fieldset>
  );
}
