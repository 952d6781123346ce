import { dataCentersInWords, groupFailures } from '../state/failures.ts';
import type { Placement } from './find.ts';

/** Says which cells could not be observed, so that a visitor does not read them as out of stock. */
export function CoverageNote({ placement }: { readonly placement: Placement }) {
  const { expected, observed, failures } = placement.coverage;
  if (failures.length === 0) return null;
  return (
    <details class="coverage failures">
      <summary>
        {expected - observed} of {expected} places could not be observed. There may be more pods.
      </summary>
      <ul>
        {groupFailures(failures).map(({ gpuType, dataCenterIds, code, message }) => (
          <li key={`${gpuType} ${code} ${message}`}>
            <strong>{gpuType}</strong> {dataCentersInWords(dataCenterIds)}: {message} <code>{code}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
