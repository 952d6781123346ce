import type { DataCenter } from '../data-center.ts';
import type { GpuType } from '../gpu-type.ts';
import type { MinStock } from '../row-conditions.ts';
import type { Reason } from './reason.ts';

/** The names of all needs, as in the GraphQL schema. */
export type NeedName =
  | 'gpuCount'
  | 'minMemoryGb'
  | 'minTotalMemoryGb'
  | 'gpuTypeIds'
  | 'manufacturer'
  | 'maxPricePerHour'
  | 'regions'
  | 'countryCodes'
  | 'dataCenterIds'
  | 'networkVolume'
  | 'globalNetwork'
  | 'compliance'
  | 'minStock';

/** A requirement for a GPU type or a data center. It does not depend on what RunPod reports about stock. */
export interface SubjectNeed<Subject> {
  readonly name: NeedName;
  /** The reason for excluding a GPU type or data center that does not meet the need. */
  readonly reason: Reason;
  readonly isMet: (subject: Subject) => boolean;
  /** Returns a sentence that says why the GPU type or data center does not meet the need. */
  readonly explain: (subject: Subject) => string;
}

/** A client's requirements for a pod. A field that is `null` or an empty list requires nothing. */
export interface Needs {
  /**
   * The number of GPUs on the pod. If it is `null`, the pod gets the fewest GPUs that provide `minTotalMemoryGb`. If `minTotalMemoryGb` is
   * `null` too, the pod gets one GPU.
   */
  readonly gpuCount: number | null;
  /** The minimum memory of all GPUs of the pod together, in GB. */
  readonly minTotalMemoryGb: number | null;
  /** The needs for the GPU type. If several of them are not met, the first one is reported. */
  readonly ofGpuType: readonly SubjectNeed<GpuType>[];
  /** The needs for the data center. If several of them are not met, the first one is reported. */
  readonly ofDataCenter: readonly SubjectNeed<DataCenter>[];
  readonly minStock: MinStock | null;
  /** The maximum on-demand price, in US dollars per pod and hour. */
  readonly maxPricePerHour: number | null;
}

/** Returns the names of the needs that a pod must meet. */
export function namesOf({ ofGpuType, ofDataCenter, ...single }: Needs): readonly NeedName[] {
  const names = [...ofGpuType, ...ofDataCenter].map(({ name }) => name);
  for (const [name, value] of Object.entries(single)) if (value !== null) names.push(name as keyof typeof single);
  return names;
}

/** Returns the needs without the need named `dropped`. */
export function without(needs: Needs, dropped: NeedName): Needs {
  return {
    gpuCount: dropped === 'gpuCount' ? null : needs.gpuCount,
    minTotalMemoryGb: dropped === 'minTotalMemoryGb' ? null : needs.minTotalMemoryGb,
    ofGpuType: needs.ofGpuType.filter(({ name }) => name !== dropped),
    ofDataCenter: needs.ofDataCenter.filter(({ name }) => name !== dropped),
    minStock: dropped === 'minStock' ? null : needs.minStock,
    maxPricePerHour: dropped === 'maxPricePerHour' ? null : needs.maxPricePerHour,
  };
}
