import type { ObservationKey } from './observation.ts';

/**
 * Returns a name for an observation's GPU type and pod size, for use as a map key. No two pairs of GPU type and pod size have the same
 * name.
 */
export const nameOfObservation = ({ gpuType, gpuCount }: ObservationKey): string => `${gpuCount} ${gpuType.id}`;
