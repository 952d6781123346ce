/** How a load ended: its result is stored, the source failed, or neither is certain. */
export type LeaseEnding = 'loaded' | 'failed' | 'undecided';

/** The exclusive right of one replica to load something. */
export interface Lease {
  /** Returns whether this replica still has the lease. Another replica may take the lease when this replica is silent for too long. */
  confirm(): Promise<boolean>;
  /**
   * Gives the lease back. The ending decides what the replicas that wait for the lease do. After 'loaded', they read the result from the
   * store. After 'failed', each of them loads the value itself. After 'undecided', one of them takes the lease.
   */
  release(ending: LeaseEnding): Promise<void>;
}

/** Leases that all replicas share. */
export interface Leases {
  /**
   * Takes the lease with this name. Returns 'held' while another replica has it. After 'held', call this again with `waited` set to true.
   * The result is then 'done' if the other replica has loaded the value since.
   */
  take(name: string, waited: boolean): Promise<Lease | 'held' | 'done'>;
}

const OWN: Lease = { confirm: async () => true, release: async () => {} };

/** Leases that are not shared with other replicas. A lease can always be taken. */
export const OWN_LEASES: Leases = { take: async () => OWN };
