/** The reasons why a pod in a data center does not suit a client. If several reasons apply, the first one in this list is reported. */
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

/** The reason why a pod does not suit a client, with a message. */
export interface Obstacle {
  readonly reason: Reason;
  /** A sentence that names the required value and the actual value. */
  readonly message: string;
}
