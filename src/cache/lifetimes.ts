/** The lifetimes of RunPod's answers, in milliseconds; infinite for answers that never expire. */
export interface Lifetimes {
  /** The age, in milliseconds, at which an observation becomes stale and is refreshed. */
  readonly freshMs: number;
  /**
   * The age, in milliseconds, at which an observation is no longer served. For a list of GPU types or data centers, this age is
   * `discoveryMs + staleMs`.
   */
  readonly staleMs: number;
  /** The age, in milliseconds, at which the lists of GPU types and data centers are refreshed. */
  readonly discoveryMs: number;
}
