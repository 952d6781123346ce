import type { ObservationKey } from './observation.ts';

/**
 * Returns a name for the GPU type and pod size of an observation, for use as a map key. Different pairs of GPU type and pod size have
 * different names.
 */
export const nameOfObservation = ({ gpuType, gpuCount }: ObservationKey): string => `${gpuCount} ${gpuType.id}`;
