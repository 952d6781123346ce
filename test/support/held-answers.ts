import { answerWith, type Faults } from './fake-runpod.ts';

/** Creates faults that withhold the answers of a stand-in for RunPod until the test releases them. */
export function createHeldAnswers() {
  const held: { readonly name: string; readonly release: () => void }[] = [];
  const faults: Faults =
    ({ operationName, variables }) =>
    (response, good) => {
      const name = variables === undefined ? operationName : `${operationName} ${String(variables['gpuTypeId'])}`;
      held.push({ name, release: () => answerWith(200, good)(response, good) });
    };
  return {
    /** The faults that make the stand-in withhold all its answers. */
    faults,
    /** The sorted names of the withheld answers. A name consists of the operation and the GPU type. */
    names: () => held.map(({ name }) => name).toSorted(),
    /** Sends the withheld answers. */
    release() {
      for (const { release } of held.splice(0)) release();
    },
  };
}
