/** How a load ended: its result was stored ('loaded'), the source failed ('failed'), or neither is certain ('undecided'). */
export type LeaseEnding = 'loaded' | 'failed' | 'undecided';

/** The exclusive right of one replica to load something. */
export interface Lease {
  /**
   * Returns whether this replica still has the lease. The lease expires if this replica does not extend it for too long, and another
   * replica may then take it.
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
   * Takes the lease with this name and returns it, or returns 'held' while another replica has it. After 'held', call this again with
   * `waited` set to true. The result is then 'done' if the other replica has loaded the value in the meantime.
   */
  take(name: string, waited: boolean): Promise<Lease | 'held' | 'done'>;
}

const OWN: Lease = { confirm: async () => true, release: async () => {} };

/** Leases for a gateway without other replicas: each lease can always be taken. */
export const OWN_LEASES: Leases = { take: async () => OWN };
