import { type Difference, findDifferences, type SeenCell } from '../domain/change.ts';
import type { Cell, ObservationScope, ObservedCell } from '../domain/observation.ts';

/** Cells that were not seen for longer are forgotten, in milliseconds: RunPod has given them up. */
const FORGOTTEN_AFTER_MS = 86_400_000;

/** GPU types and pod sizes that are remembered: several times what RunPod has. */
const MAX_SCOPES = 5000;

/** Each cell as it was last observed, however old that may be by now and whether it may be served or not. */
export interface LastSeen {
  /** What has become of the cells of an observation since each was last seen; sees them. */
  see(scope: ObservationScope, cells: readonly Cell[]): readonly Difference[];
}

/** Nothing was seen yet. */
export function createLastSeen(): LastSeen {
  const byScope = new Map<string, Map<string, SeenCell>>();
  return {
    see(scope, cells) {
      const name = `${scope.gpuCount} ${scope.gpuType.id}`;
      const seen = byScope.get(name) ?? new Map<string, SeenCell>();
      // The latest last.
      byScope.delete(name);
      byScope.set(name, seen);
      const [longestUnseen] = byScope.keys();
      if (byScope.size > MAX_SCOPES && longestUnseen !== undefined) byScope.delete(longestUnseen);
      const differences = findDifferences(scope, seen, cells);
      const observed = cells.filter((cell): cell is ObservedCell => cell.failure === null);
      for (const cell of observed) seen.set(cell.dataCenterId, withCell(seen.get(cell.dataCenterId), cell));
      forgetOld(seen, observed);
      return differences;
    },
  };
}

function withCell(known: SeenCell | undefined, cell: ObservedCell): SeenCell {
  return { latest: cell, bySource: new Map([...(known?.bySource ?? []), [cell.source, cell]]) };
}

function forgetOld(seen: Map<string, SeenCell>, [newest]: readonly ObservedCell[]): void {
  if (newest === undefined) return;
  const oldest = new Date(Date.parse(newest.observedAt) - FORGOTTEN_AFTER_MS).toISOString();
  for (const [id, { latest }] of seen) if (latest.observedAt < oldest) seen.delete(id);
}
