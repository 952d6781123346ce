import type { ObservationKey } from './observation.ts';

/** Returns the name of an observation's GPU type and pod size, as a map key. Different subjects have different names. */
export const nameOfObservation = ({ gpuType, gpuCount }: ObservationKey): string => `${gpuCount} ${gpuType.id}`;
