import type { Answer, Find, Placement } from './find.ts';
import { fitsNoGpuType } from './reasons.ts';
import { dropsOf, relaxationsOf } from './relaxation.ts';
import { Relaxations } from './relaxations.tsx';

/** Shown instead of the list if no pod meets the needs. Explains why, and offers buttons that drop one need. */
export function Empty({ find, answer: { question, placement } }: { readonly find: Find; readonly answer: Answer }) {
  const relaxations = relaxationsOf(placement.relaxations);
  return (
    <div class="nothing empty">
      <p>{explain(placement)}</p>
      <Relaxations find={find} relaxations={relaxations.length > 0 ? relaxations : dropsOf(question.needs)} />
    </div>
  );
}

function explain(placement: Placement): string {
  if (placement.coverage.failures.length > 0) {
    return 'Some GPU types that fit could not be observed, so a pod may be available. The page asks again.';
  }
  return fitsNoGpuType(placement)
    ? 'No GPU type at RunPod fits these needs, whatever is in stock.'
    : 'RunPod has GPU types that fit, but no pod with all of these needs is available.';
}
