import { isObserved, type Observation } from '../domain/observation.ts';
import type { RememberedObservation } from './remembered-observation.ts';

/**
 * An answer that reports everything as sold out is doubted if the gateway knows at least `cells` cells in stock, of at least `gpuTypes` GPU
 * types.
 */
const MUCH = { cells: 10, gpuTypes: 3 } as const;

/** Returns the number of cells of an observation that are in stock. */
const countAvailable = ({ cells }: Observation): number =>
  cells.filter((cell) => isObserved(cell) && cell.available).length;

/** Whether an answer covers several GPU types and finds all of them sold out everywhere. */
export const isAllSoldOut = (answer: readonly Observation[]): boolean =>
  answer.length > 1 &&
  answer.some(({ cells }) => cells.some(isObserved)) &&
  answer.every((observation) => countAvailable(observation) === 0);

/**
 * The gateway's judgement of an answer in which everything is sold out. 'believed': the answer is accepted. 'newly doubted': the answer is
 * doubted, and is the first such answer. 'still doubted': an earlier such answer is doubted, and this one was requested too soon after it
 * to confirm it.
 */
export type Judgement = 'believed' | 'newly doubted' | 'still doubted';

/**
 * Judges an answer in which everything is sold out. Such an answer may be true, but RunPod also returns it when its catalog is broken. A
 * second such answer is believed if it was requested at least `confirmAfterMs` milliseconds after the first one. `before` contains the
 * observations that were remembered before the answer. `askedAt` is when the answer was requested, in monotonic milliseconds.
 */
export function judgeSoldOut(
  before: readonly RememberedObservation[],
  askedAt: number,
  confirmAfterMs: number,
): Judgement {
  const doubts = before.flatMap(({ doubted }) => doubted?.askedAt ?? []);
  if (doubts.length > 0) return askedAt - Math.min(...doubts) < confirmAfterMs ? 'still doubted' : 'believed';
  const inStock = before.map(({ latest }) => countAvailable(latest)).filter((cells) => cells > 0);
  const cells = inStock.reduce((sum, count) => sum + count, 0);
  return cells >= MUCH.cells && inStock.length >= MUCH.gpuTypes ? 'newly doubted' : 'believed';
}
