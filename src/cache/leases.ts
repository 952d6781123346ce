/**
 * How a load ended. 'loaded': its result was stored. 'failed': the source failed. 'undecided': neither, for example because the load was
 * aborted.
 */
export type LeaseEnding = 'loaded' | 'failed' | 'undecided';

/** The exclusive right of one replica to load something. */
export interface Lease {
  /**
   * Returns whether this replica still has the lease. A lease expires if its replica does not extend it in time. Another replica may then
   * take it.
   */
  confirm(): Promise<boolean>;
  /**
   * Ends the lease. `ending` decides what the replicas that wait for the lease do. After 'loaded', they read the result from the store.
   * After 'failed', each of them loads the value itself. After 'undecided', one of them takes the lease.
   */
  release(ending: LeaseEnding): Promise<void>;
}

/** Leases that all replicas share. */
export interface Leases {
  /**
   * Takes the lease with this name and returns it, or returns 'held' while another replica has the lease. When you call this again after
   * 'held', set `waited` to true: the result is 'done' if the other replica has loaded the value in the meantime.
   */
  take(name: string, waited: boolean): Promise<Lease | 'held' | 'done'>;
}

const OWN: Lease = { confirm: async () => true, release: async () => {} };

/** Leases for a gateway without other replicas. Each lease can always be taken. */
export const OWN_LEASES: Leases = { take: async () => OWN };
