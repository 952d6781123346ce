import type { BoardCellsQuery } from '../graphql/graphql.ts';
import type { Failure } from './failures.ts';

/** A response about one or more GPU types. */
export type CellsResponse = NonNullable<BoardCellsQuery['gpuAvailability']>;

/** The latest response about one GPU type. */
export interface GpuTypeResponse {
  readonly nodes: CellsResponse['nodes'];
  readonly failures: readonly Failure[];
}

/** Divides a response into one response for each of these GPU types. */
export function responsesByType(
  { nodes, coverage }: CellsResponse,
  gpuTypeIds: readonly string[],
): ReadonlyMap<string, GpuTypeResponse> {
  const responseOf = (id: string): GpuTypeResponse => ({
    nodes: nodes.filter(({ gpuType }) => gpuType.id === id),
    failures: coverage.failures.filter(({ gpuType }) => gpuType.id === id),
  });
  return new Map(gpuTypeIds.map((id) => [id, responseOf(id)]));
}
