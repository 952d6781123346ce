import type { Place } from './region.ts';

/** Where RunPod runs secure-cloud machines. `null` means that the source does not say. */
export interface DataCenter extends Place {
  /** RunPod's id: case-sensitive, never empty. */
  readonly id: string;
  readonly name: string;
  /** Loose text, for people. */
  readonly location: string | null;
  /** Whether RunPod shows it in its console. */
  readonly listed: boolean | null;
  readonly networkVolume: boolean | null;
  readonly globalNetwork: boolean | null;
  /** Certifications as RunPod names them, such as 'SOC_2_TYPE_2'; plain text, since RunPod adds to them. */
  readonly compliance: readonly string[] | null;
}
