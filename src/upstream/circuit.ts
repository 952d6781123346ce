import { CircuitState, circuitBreaker, handleWhen, type IBreaker } from 'cockatiel';
import { UpstreamNotAttemptedError, UpstreamTimeoutError, UpstreamUnreachableError } from '../domain/errors.ts';

/** Attempts that must fail in a row, with none answered between them, before the source as a whole is doubted. */
const FAILURES_IN_A_ROW = 10;

/** How long after opening, or after a probe that failed, the source is tried again. */
const PROBE_AFTER_MS = 5000;

/** What the circuit needs. */
export interface CircuitOptions {
  /** One attempt at something that is about no GPU type in particular. */
  readonly probe: () => Promise<unknown>;
  /** Told when the circuit has opened, so that nobody waits any longer. */
  readonly onOpen: () => void;
}

/** Keeps attempts from a source that fails as a whole. */
export interface Circuit {
  /** Makes `attempt`, or rejects with an `UpstreamNotAttemptedError` at once while the circuit is open. */
  run<T>(operation: string, attempt: () => Promise<T>): Promise<T>;
  readonly state: 'closed' | 'half-open' | 'open';
}

/** Failures that a source which is down would show. Whatever else it says, such as a 429, comes from one that is up. */
const couldBeDown = (error: unknown) =>
  error instanceof UpstreamTimeoutError || error instanceof UpstreamUnreachableError;

const STATES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
} as const;

/**
 * A circuit breaker that no number of bad GPU types can trip: after ten failures in a row it makes the probe, which is about
 * none of them, and opens when that fails too. While open, the probe is made five seconds after the last one ended, and alone decides.
 */
export function createCircuit({ probe, onOpen }: CircuitOptions): Circuit {
  let failures = 0;
  let probing = false;
  let probeFailed = false;

  const breaker: IBreaker = {
    state: undefined,
    success() {
      failures = 0;
      probeFailed = false;
    },
    failure() {
      failures += 1;
      if (failures >= FAILURES_IN_A_ROW && !probeFailed && !probing) void makeProbe();
      return failures >= FAILURES_IN_A_ROW && probeFailed;
    },
  };
  // The timer below decides when an open circuit is probed, and only the probe gets that far. cockatiel must never refuse it: it
  // compares two readings of the wall clock, which may have been set back between them.
  const policy = circuitBreaker(handleWhen(couldBeDown), { halfOpenAfter: Number.NEGATIVE_INFINITY, breaker });
  policy.onBreak(() => {
    onOpen();
    setTimeout(() => void makeProbe(), PROBE_AFTER_MS).unref();
  });

  async function makeProbe(): Promise<void> {
    probing = true;
    try {
      await policy.execute(async () => {
        try {
          await probe();
        } catch (error) {
          probeFailed = couldBeDown(error);
          throw error;
        }
      });
    } catch (error) {
      // The attempt itself was reported where it was made.
      if (!couldBeDown(error)) breaker.success(policy.state);
    } finally {
      probing = false;
    }
  }

  return {
    async run(operation, attempt) {
      if (policy.state !== CircuitState.Closed) {
        throw new UpstreamNotAttemptedError(operation, 'it has failed as a whole, and is being tried again');
      }
      return policy.execute(attempt);
    },
    get state() {
      return STATES[policy.state];
    },
  };
}
