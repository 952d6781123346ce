/** The maker of the chip. UNKNOWN if RunPod does not report it, or reports a maker that this gateway does not know. */
export type GpuManufacturer = 'NVIDIA' | 'AMD' | 'UNKNOWN';

/** A GPU model. Unless the comment of a field says otherwise, `null` means that the source does not report the value. */
export interface GpuType {
  /** RunPod's id. It is case-sensitive, may contain spaces, and is never empty. */
  readonly id: string;
  readonly displayName: string;
  readonly manufacturer: GpuManufacturer;
  /** The memory of one GPU, in GB. */
  readonly memoryGb: number | null;
  /** The maximum number of GPUs on one pod. This limit does not depend on the stock, so fewer GPUs may be in stock. */
  readonly maxGpuCount: number | null;
  readonly secureCloud: boolean | null;
  readonly communityCloud: boolean | null;
  /** List price in US dollars per GPU per hour; `null` unless `secureCloud` is true. */
  readonly securePrice: number | null;
  /** List price in US dollars per GPU per hour; `null` unless `communityCloud` is true. */
  readonly communityPrice: number | null;
}
