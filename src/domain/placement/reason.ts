/** The reasons why a cell is not an option for the client's pod. If several reasons apply, the one that is listed first is reported. */
export type Reason =
  | 'OTHER_GPU_TYPE'
  | 'TOO_LITTLE_MEMORY'
  | 'TOO_MANY_GPUS'
  | 'NOT_ON_SECURE_CLOUD'
  | 'OTHER_DATA_CENTER'
  | 'NOT_OBSERVED'
  | 'OUT_OF_STOCK'
  | 'STOCK_TOO_LOW'
  | 'NO_PRICE'
  | 'TOO_EXPENSIVE';

/** The reason why a pod is not an option for the client, with a message. */
export interface Obstacle {
  readonly reason: Reason;
  /** A sentence that names the required value and the actual value. */
  readonly message: string;
}
