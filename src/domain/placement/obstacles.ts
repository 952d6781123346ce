import type { DataCenter } from '../data-center.ts';
import type { GpuType } from '../gpu-type.ts';
import type { Row } from '../row.ts';
import { STOCK_RANK } from '../row-order.ts';
import type { Needs } from './needs.ts';
import { maxPodSizeOf, podSizeOf } from './pod-size.ts';
import type { Obstacle } from './reason.ts';

/** A reason why no pod of a GPU type meets a client's needs, whatever the data center. */
export interface TypeObstacle extends Obstacle {
  /** The number of GPUs on the pod; `null` if the reason does not depend on this number. */
  readonly gpuCount: number | null;
}

/**
 * Returns the first reason to exclude a GPU type in every data center, or `null` if there is no such reason. The current stock is ignored.
 */
export function obstacleOfGpuType(gpuType: GpuType, needs: Needs): TypeObstacle | null {
  const unmet = needs.ofGpuType.find(({ isMet }) => !isMet(gpuType));
  if (unmet !== undefined) return { reason: unmet.reason, message: unmet.explain(gpuType), gpuCount: null };
  const gpuCount = podSizeOf(gpuType, needs);
  const { minTotalMemoryGb } = needs;
  if (minTotalMemoryGb !== null && gpuType.memoryGb === null) {
    const message = `RunPod does not report its memory; ${minTotalMemoryGb} GB per pod were needed.`;
    return { reason: 'TOO_LITTLE_MEMORY', message, gpuCount: null };
  }
  const totalGb = gpuCount * (gpuType.memoryGb ?? 0);
  if (minTotalMemoryGb !== null && totalGb < minTotalMemoryGb) {
    const message = `A pod of ${gpuCount} has ${totalGb} GB; ${minTotalMemoryGb} GB per pod were needed.`;
    return { reason: 'TOO_LITTLE_MEMORY', message, gpuCount };
  }
  if (gpuCount > maxPodSizeOf(gpuType)) {
    const most = maxPodSizeOf(gpuType);
    const message = `A pod of this type has at most ${most} ${most === 1 ? 'GPU' : 'GPUs'}; ${gpuCount} were needed.`;
    return { reason: 'TOO_MANY_GPUS', message, gpuCount };
  }
  if (gpuType.secureCloud !== false) return null;
  return { reason: 'NOT_ON_SECURE_CLOUD', message: 'RunPod does not offer it on secure cloud.', gpuCount: null };
}

/** Returns the first reason to exclude a data center for every GPU type, or `null` if there is no such reason. */
export function obstacleOfDataCenter(dataCenter: DataCenter, { ofDataCenter }: Needs): Obstacle | null {
  const unmet = ofDataCenter.find(({ isMet }) => !isMet(dataCenter));
  return unmet === undefined ? null : { reason: unmet.reason, message: unmet.explain(dataCenter) };
}

/**
 * Whether the pod in a row can be rented now, with the stock level and price that the client needs. The client's other needs are not
 * checked.
 */
export const isOption = (row: Row, needs: Needs): boolean => reasonOfRow(row, needs) === null;

/** Returns the first reason why the stock or price of a row excludes its pod, or `null` if there is no such reason. */
export function obstacleOfRow(row: Row, needs: Needs): Obstacle | null {
  const reason = reasonOfRow(row, needs);
  return reason === null ? null : { reason, message: explain(reason, row, needs) };
}

/** Those reasons for excluding a pod that depend on the stock and price that were observed in a data center. */
type RowReason = 'NOT_OBSERVED' | 'OUT_OF_STOCK' | 'STOCK_TOO_LOW' | 'NO_PRICE' | 'TOO_EXPENSIVE';

function reasonOfRow({ available, stock, onDemandPrice }: Row, { minStock, maxPricePerHour }: Needs): RowReason | null {
  if (available === null) return 'NOT_OBSERVED';
  if (!available) return 'OUT_OF_STOCK';
  if (minStock !== null && (STOCK_RANK[stock] ?? -1) < STOCK_RANK[minStock]) return 'STOCK_TOO_LOW';
  if (maxPricePerHour === null) return null;
  if (onDemandPrice === null) return 'NO_PRICE';
  return onDemandPrice.perPod <= maxPricePerHour ? null : 'TOO_EXPENSIVE';
}

function explain(reason: RowReason, { stock, onDemandPrice }: Row, { minStock, maxPricePerHour }: Needs): string {
  const limit = `$${maxPricePerHour} per pod and hour`;
  const messages: Readonly<Record<RowReason, string>> = {
    NOT_OBSERVED: 'It could not be observed.',
    OUT_OF_STOCK: 'RunPod reports no stock.',
    STOCK_TOO_LOW: `The stock is ${stock}; ${minStock} was needed.`,
    NO_PRICE: `RunPod quotes no price; at most ${limit} was needed.`,
    TOO_EXPENSIVE: `It costs $${onDemandPrice?.perPod}; at most ${limit} was needed.`,
  };
  return messages[reason];
}
