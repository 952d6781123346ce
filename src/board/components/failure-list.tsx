import { dataCentersInWords, type Failure, groupFailures } from '../state/failures.ts';

/** Lists the cells that could not be observed, with the reasons. `summary` is the text of the line that opens the list. */
export function FailureList({
  failures,
  summary,
}: {
  readonly failures: readonly Failure[];
  readonly summary: string;
}) {
  return (
    <details class="coverage failures">
      <summary>{summary}</summary>
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
