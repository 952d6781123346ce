import type { Location } from './region.ts';

/** A place where RunPod runs secure-cloud machines. `null` means that the source does not report the value. */
export interface DataCenter extends Location {
  /** RunPod's id: case-sensitive, never empty. */
  readonly id: string;
  readonly name: string;
  /** A description of the place, for people. */
  readonly location: string | null;
  /** Whether RunPod's console shows the data center. */
  readonly listed: boolean | null;
  readonly networkVolume: boolean | null;
  readonly globalNetwork: boolean | null;
  /** Certifications as RunPod names them, such as 'SOC_2_TYPE_2'. Plain text, because RunPod adds new ones. */
  readonly compliance: readonly string[] | null;
}
