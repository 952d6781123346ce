/** Lifetimes of answers in milliseconds; infinite for answers that never expire. */
export interface Lifetimes {
  /** Age at which an observation is marked stale and refreshed. */
  readonly freshMs: number;
  /** Age at which an observation is no longer served. A list is no longer served at an age of `discoveryMs` plus this time. */
  readonly staleMs: number;
  /** Age at which the lists of GPU types and data centers are refreshed. */
  readonly discoveryMs: number;
}
