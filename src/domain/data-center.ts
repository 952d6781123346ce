import type { Location } from './region.ts';

/**
 * A data center in which RunPod runs machines of its secure cloud. In each field, `null` means that the source does not report the value.
 */
export interface DataCenter extends Location {
  /** RunPod's id. It is case-sensitive and never empty. */
  readonly id: string;
  readonly name: string;
  /** A description of the location, for people. */
  readonly location: string | null;
  /** Whether RunPod's console shows the data center. */
  readonly listed: boolean | null;
  readonly networkVolume: boolean | null;
  readonly globalNetwork: boolean | null;
  /** The certifications as RunPod names them, such as 'SOC_2_TYPE_2'. They are plain text, because RunPod adds new ones. */
  readonly compliance: readonly string[] | null;
}
