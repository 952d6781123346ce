import type { Placement, PlacementQuery, RowsOf } from '../../domain/placement/placement.ts';
import type { Row } from '../../domain/row.ts';

/** The value of the field `placement`. */
export interface ResolvedPlacement extends Placement {
  readonly query: PlacementQuery;
  /** The maximum number of options to return. */
  readonly first: number;
  /** Returns the rows (the stock and prices) of a pod in the data centers that meet the client's needs. */
  readonly rowsOf: RowsOf;
}

/** Whether the client's needs require a data center on RunPod's global network. */
export const needsGlobalNetwork = ({ needs }: PlacementQuery): boolean =>
  needs.ofDataCenter.some(({ name }) => name === 'globalNetwork');

/** One pod that meets the needs of a placement. */
export interface Option {
  readonly row: Row;
  /** Whether the data center must be on RunPod's global network. */
  readonly globalNetwork: boolean;
}
