import { answerWith, type Fault } from './fake-runpod.ts';

/** A GPU type in an answer of RunPod's REST API. */
export interface RawGpu {
  readonly id: unknown;
  availability?: unknown;
  dataCenters?: unknown;
}

/**
 * Creates a fault that changes the GPU types of a correct answer with the function `change`. The result may contradict RunPod's description
 * of the API.
 */
export const changed =
  (change: (gpus: RawGpu[]) => unknown): Fault =>
  (response, good) => {
    const answer = JSON.parse(good);
    change(answer.gpus);
    answerWith(200, JSON.stringify(answer))(response, good);
  };

/** Creates a fault that replaces properties of one GPU type in a correct answer. */
export const changedType = (id: string, change: Record<string, unknown>): Fault =>
  changed((gpus) => Object.assign(gpus.find((gpu) => gpu.id === id) ?? {}, change));
