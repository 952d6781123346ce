/**
 * The names of values in the store. Each carries the version of the value's shape: a release that changes the shape must also change
 * the version, because two releases may share a store during an update.
 */
export const LIST_KEYS = { gpuTypes: 'v3:gpuTypes', dataCenters: 'v3:dataCenters' } as const;

/** What the key of every remembered observation begins with. */
export const OBSERVATION_KEY_PREFIX = 'v4:observation:';
