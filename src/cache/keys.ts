/**
 * The keys of the lists in the store. Each key contains the version of the value's format. Raise the version whenever you change the
 * format, because an old and a new release may share a store during an update.
 */
export const LIST_KEYS = { gpuTypes: 'v3:gpuTypes', dataCenters: 'v3:dataCenters' } as const;

/** The keys of all observations begin with this prefix. It contains the version of the stored format. */
export const OBSERVATION_KEY_PREFIX = 'v4:observation:';
