import { answerWith, type Faults } from './fake-runpod.ts';

/** Holds answers of a fake RunPod back until they are released. */
export function createHeldAnswers() {
  const held: { readonly name: string; readonly release: () => void }[] = [];
  const faults: Faults =
    ({ operationName, variables }) =>
    (response, good) => {
      const name = variables === undefined ? operationName : `${operationName} ${String(variables['gpuTypeId'])}`;
      held.push({ name, release: () => answerWith(200, good)(response, good) });
    };
  return {
    /** What the fake is to do. */
    faults,
    /** What is held, by operation and GPU type, in order. */
    names: () => held.map(({ name }) => name).toSorted(),
    /** Gives what is held. */
    release() {
      for (const { release } of held.splice(0)) release();
    },
  };
}
