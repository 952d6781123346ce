/** Who makes the chip; UNKNOWN when it is neither of the two RunPod rents, or not told. */
export type GpuManufacturer = 'NVIDIA' | 'AMD' | 'UNKNOWN';

/** A model of GPU. `null` means that the source does not say. */
export interface GpuType {
  /** RunPod's id: case-sensitive, with spaces, never empty. */
  readonly id: string;
  readonly displayName: string;
  readonly manufacturer: GpuManufacturer;
  /** Memory of one GPU, in GB. */
  readonly memoryGb: number | null;
  /** The most GPUs one pod may have; a ceiling, not stock. */
  readonly maxGpuCount: number | null;
  readonly secureCloud: boolean | null;
  readonly communityCloud: boolean | null;
  /** List price, US dollars per GPU per hour; `null` unless `secureCloud` is true. */
  readonly securePrice: number | null;
  /** List price, US dollars per GPU per hour; `null` unless `communityCloud` is true. */
  readonly communityPrice: number | null;
}
