/** How a load ended: what it was for is loaded and kept, or the source failed at it, or neither is known. */
export type LeaseEnding = 'loaded' | 'failed' | 'undecided';

/** The right to load something, which one replica has at a time. */
export interface Lease {
  /** Whether it is still held: it goes to another replica when this one was silent for too long. */
  confirm(): Promise<boolean>;
  /**
   * Gives the lease back. Replicas that wait for it take the answer if the load is `loaded`, all load by themselves if it `failed`, and
   * one of them takes the lease if it is `undecided`.
   */
  release(ending: LeaseEnding): Promise<void>;
}

/** Leases over all replicas. */
export interface Leases {
  /**
   * The lease of this name; 'held' while another replica has it; or 'done' when `waited` is set, for who was told 'held' before,
   * and that replica has loaded it since.
   */
  take(name: string, waited: boolean): Promise<Lease | 'held' | 'done'>;
}

const OWN: Lease = { confirm: async () => true, release: async () => {} };

/** Leases of a gateway that is alone: it has them all. */
export const OWN_LEASES: Leases = { take: async () => OWN };
