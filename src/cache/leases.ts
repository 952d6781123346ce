/** How a load ended: its result is stored, the source failed, or neither is certain. */
export type LeaseEnding = 'loaded' | 'failed' | 'undecided';

/** The exclusive right of one replica to load something. */
export interface Lease {
  /** Whether this replica still has the lease. Another replica may take it when this one is silent for too long. */
  confirm(): Promise<boolean>;
  /**
   * Gives the lease back. If the load is `loaded`, replicas that wait for it read the result from the store. If it `failed`, each of them
   * loads for itself. If it is `undecided`, one of them takes the lease.
   */
  release(ending: LeaseEnding): Promise<void>;
}

/** Leases that all replicas share. */
export interface Leases {
  /**
   * Takes the lease with this name. Returns 'held' while another replica has it. Call again with `waited` set after 'held': the result is
   * then 'done' if the other replica has loaded the value since.
   */
  take(name: string, waited: boolean): Promise<Lease | 'held' | 'done'>;
}

const OWN: Lease = { confirm: async () => true, release: async () => {} };

/** Leases for a gateway that runs alone: taking one always succeeds. */
export const OWN_LEASES: Leases = { take: async () => OWN };
