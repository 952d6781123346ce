import { FailureList } from '../components/failure-list.tsx';
import type { Placement } from './find.ts';

/** Says which cells could not be observed, so that a visitor does not think that they are out of stock. */
export function CoverageNote({ placement }: { readonly placement: Placement }) {
  const { expected, observed, failures } = placement.coverage;
  if (failures.length === 0) return null;
  const summary = `${expected - observed} of ${expected} cells could not be observed. There may be more pods.`;
  return <FailureList failures={failures} summary={summary} />;
}
