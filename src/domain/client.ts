/** Somebody for whom RunPod is asked. Clients are compared by identity: there is one object for each. */
export type Client = object;

/** The gateway itself, where it asks RunPod without a client. */
export const GATEWAY: Client = {};
