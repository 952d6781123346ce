import type { BoardCellsQuery } from '../graphql/graphql.ts';
import type { Cell } from './cell.ts';
import type { Failure } from './failures.ts';

/** A response with the cells of one or more GPU types, and the failures to observe cells. */
export type CellsResponse = NonNullable<BoardCellsQuery['gpuAvailability']>;

/** The part of the latest response that is about one GPU type. */
export interface GpuTypeResponse {
  readonly nodes: CellsResponse['nodes'];
  readonly failures: readonly Failure[];
}

/** Divides a response into one response for each of these GPU types. */
export function responsesByType(
  { nodes, coverage }: CellsResponse,
  gpuTypeIds: readonly string[],
): ReadonlyMap<string, GpuTypeResponse> {
  const divided = new Map(gpuTypeIds.map((id) => [id, { nodes: [] as Cell[], failures: [] as Failure[] }]));
  for (const node of nodes) divided.get(node.gpuType.id)?.nodes.push(node);
  for (const failure of coverage.failures) divided.get(failure.gpuType.id)?.failures.push(failure);
  return divided;
}
