import type { Find, Placement } from './find.ts';
import { withoutNeeds } from './form.ts';
import { fitsNoGpuType } from './reasons.ts';
import { Relaxations } from './relaxations.tsx';

function explain(placement: Placement): string {
  if (placement.coverage.failures.length > 0) {
    return 'Some GPU types that fit could not be observed, so a pod may be available. The page asks again.';
  }
  return fitsNoGpuType(placement)
    ? 'No GPU type at RunPod fits these needs, whatever is in stock.'
    : 'RunPod has GPU types that fit, but no pod with all of these needs is available.';
}

/** Takes the place of an empty list. Explains why it is empty, and offers to give up a need. */
export function Empty({ find, placement }: { readonly find: Find; readonly placement: Placement }) {
  return (
    <div class="nothing empty">
      <p>{explain(placement)}</p>
      {placement.relaxations.length > 0 ? (
        <Relaxations find={find} />
      ) : (
        <>
          <p>Giving up a single need does not help.</p>
          <button type="button" class="button" onClick={() => find.change(withoutNeeds(find.form.value))}>
            Clear all needs
          </button>
        </>
      )}
    </div>
  );
}
