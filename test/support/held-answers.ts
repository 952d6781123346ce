import { answerWith, type Faults } from './fake-runpod.ts';

/** Holds answers of a stand-in for RunPod back until they are released. */
export function createHeldAnswers() {
  const held: { readonly name: string; readonly release: () => void }[] = [];
  const faults: Faults =
    ({ operationName, variables }) =>
    (response, good) => {
      const name = variables === undefined ? operationName : `${operationName} ${String(variables['gpuTypeId'])}`;
      held.push({ name, release: () => answerWith(200, good)(response, good) });
    };
  return {
    /** The faults to give to the stand-in. */
    faults,
    /** The answers that are held, by operation and GPU type, in sorted order. */
    names: () => held.map(({ name }) => name).toSorted(),
    /** Sends the answers that are held. */
    release() {
      for (const { release } of held.splice(0)) release();
    },
  };
}
