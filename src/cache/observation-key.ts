import type { GpuType } from '../domain/gpu-type.ts';
import type { ObservationKey } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import { OBSERVATION_KEY_PREFIX } from './keys.ts';

/**
 * The keys of the cache, by GPU type and pod size. A large query looks up dozens of keys. Reusing the strings saves time, because each new
 * string would have to be hashed.
 */
const observationKeys = new WeakMap<GpuType, Map<number, string>>();

/** Returns the key of an observation in the store. */
export function observationKey(observation: ObservationKey): string {
  const { gpuType, gpuCount } = observation;
  const known = observationKeys.get(gpuType)?.get(gpuCount);
  if (known !== undefined) return known;
  const key = OBSERVATION_KEY_PREFIX + nameOfObservation(observation);
  const keys = observationKeys.get(gpuType) ?? new Map<number, string>();
  observationKeys.set(gpuType, keys.set(gpuCount, key));
  return key;
}
