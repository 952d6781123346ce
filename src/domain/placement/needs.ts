import type { DataCenter } from '../data-center.ts';
import type { GpuType } from '../gpu-type.ts';
import type { MinStock } from '../row-conditions.ts';
import type { Reason } from './reason.ts';

/** The names of all needs, as clients know them. */
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

/** A need that a GPU type or a data center meets or does not meet, whatever RunPod reports about stock. */
export interface SubjectNeed<Subject> {
  readonly name: NeedName;
  /** The reason for leaving out a subject that does not meet the need. */
  readonly reason: Reason;
  readonly isMet: (subject: Subject) => boolean;
  /** Returns a sentence with what was needed and what there is. */
  readonly explain: (subject: Subject) => string;
}

/** What a pod must have. Each need that is `null` or missing in a list has no effect. */
export interface Needs {
  /** The number of GPUs on the pod. If `null`, it is that of the smallest pod with `minTotalMemoryGb`, or 1. */
  readonly gpuCount: number | null;
  /** The least memory of all GPUs of the pod together, in GB. */
  readonly minTotalMemoryGb: number | null;
  /** Needs for the GPU type, in the order of their reasons. */
  readonly ofGpuType: readonly SubjectNeed<GpuType>[];
  /** Needs for the data center. */
  readonly ofDataCenter: readonly SubjectNeed<DataCenter>[];
  readonly minStock: MinStock | null;
  /** The highest on-demand price in US dollars per pod and hour. */
  readonly maxPricePerHour: number | null;
}

/** Returns the names of the needs that have an effect. */
export function namesOf({ ofGpuType, ofDataCenter, ...single }: Needs): readonly NeedName[] {
  const names = [...ofGpuType, ...ofDataCenter].map(({ name }) => name);
  for (const [name, value] of Object.entries(single)) if (value !== null) names.push(name as keyof typeof single);
  return names;
}

/** Returns the needs without one of them. */
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
