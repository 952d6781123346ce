import type { CellsResponse } from './response.ts';

/** Responses that arrive within this many milliseconds are applied together, because each redraw of the page is slow. */
const BATCH_MS = 100;

/** A response that has arrived, and the GPU types that it is about. */
export interface ArrivedResponse {
  readonly response: CellsResponse;
  readonly gpuTypeIds: readonly string[];
}

/** Collects responses that arrive shortly after each other, so that they are applied together. */
export interface ResponseBatch {
  add(arrived: ArrivedResponse): void;
  /** Applies the collected responses now. */
  flush(): void;
  /** Drops the collected responses. */
  clear(): void;
}

export function createResponseBatch(apply: (arrived: readonly ArrivedResponse[]) => void): ResponseBatch {
  let collected: ArrivedResponse[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function takeAll(): readonly ArrivedResponse[] {
    clearTimeout(timer);
    timer = undefined;
    const taken = collected;
    collected = [];
    return taken;
  }

  function flush(): void {
    const taken = takeAll();
    if (taken.length > 0) apply(taken);
  }

  return {
    add(arrived) {
      collected.push(arrived);
      timer ??= setTimeout(flush, BATCH_MS);
    },
    flush,
    clear: () => void takeAll(),
  };
}
