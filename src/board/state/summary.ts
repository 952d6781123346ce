import type { BoardCellsQuery } from '../graphql/graphql.ts';
import type { Failure } from './failures.ts';

/** An answer about some GPU types. */
export type CellsResponse = NonNullable<BoardCellsQuery['gpuAvailability']>;

/** The latest answer about one GPU type. */
export interface GpuTypeResponse {
  readonly nodes: CellsResponse['nodes'];
  readonly failures: readonly Failure[];
}

/** Divides an answer by GPU type. */
export function responsesByType(
  { nodes, coverage }: CellsResponse,
  gpuTypeIds: readonly string[],
): ReadonlyMap<string, GpuTypeResponse> {
  const answerOf = (id: string): GpuTypeResponse => ({
    nodes: nodes.filter(({ gpuType }) => gpuType.id === id),
    failures: coverage.failures.filter(({ gpuType }) => gpuType.id === id),
  });
  return new Map(gpuTypeIds.map((id) => [id, answerOf(id)]));
}

/** How far all answers together can be trusted. */
export interface Summary {
  /** Cells that were asked for, and how many of them RunPod has answered. */
  readonly expected: number;
  readonly observed: number;
  readonly failures: readonly Failure[];
  /** The oldest and the newest observation among the cells; null when there is none. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** Sums up the latest answers. */
export function summarise(answers: readonly GpuTypeResponse[]): Summary {
  let [expected, observed] = [0, 0];
  let oldest: string | null = null;
  let newest: string | null = null;
  for (const { observedAt } of answers.flatMap(({ nodes }) => nodes)) {
    expected += 1;
    if (observedAt === null) continue;
    observed += 1;
    // Every instant has the same format, so the order of the texts is the order of time.
    if (oldest === null || observedAt < oldest) oldest = observedAt;
    if (newest === null || observedAt > newest) newest = observedAt;
  }
  return { expected, observed, failures: answers.flatMap(({ failures }) => failures), oldest, newest };
}
