import type { Board } from '../../board.ts';

/** The view that finds pods for what a visitor needs. */
export function Find({ board }: { readonly board: Board }) {
  return <p>{board.state.lists.value?.gpuTypes.length} GPU types</p>;
}
