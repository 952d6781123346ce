import { CircuitState, circuitBreaker, handleWhen, type IBreaker } from 'cockatiel';
import { UpstreamNotAttemptedError, UpstreamTimeoutError, UpstreamUnreachableError } from '../../domain/errors.ts';

/** The number of consecutive failed attempts after which a probe checks whether the whole source is down. */
const FAILURES_IN_A_ROW = 10;

/** The pause before the next probe, in milliseconds. It starts when the circuit opens or a probe fails. */
const PROBE_AFTER_MS = 5000;

/** The reason in the error message when a request is rejected because the circuit is open. */
const WHY_REJECTED = 'its API is down; the gateway checks it again every few seconds';

/** Dependencies of `createCircuit`. */
export interface CircuitOptions {
  /** Sends a probe, which is one request about no particular GPU type. */
  readonly probe: () => Promise<unknown>;
  /** Called when the circuit has opened, so that waiting requests can be rejected. */
  readonly onOpen: () => void;
}

/** A circuit breaker. It blocks requests to a source while the whole source is down. */
export interface Circuit {
  /** Runs `attempt`. While the circuit is open or half-open, rejects immediately with an `UpstreamNotAttemptedError` instead. */
  run<T>(operation: string, attempt: () => Promise<T>): Promise<T>;
  readonly state: 'closed' | 'half-open' | 'open';
}

/**
 * Whether an error could mean that the source is down, such as a time-out, a failed connection or HTTP 5xx. Any other answer, such as a
 * 429, shows that the source is up.
 */
const couldBeDown = (error: unknown) =>
  error instanceof UpstreamTimeoutError || error instanceof UpstreamUnreachableError;

const STATES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
} as const;

/**
 * Creates a circuit breaker. It stays closed if only requests about some GPU types fail. After ten failures in a row, it sends a probe
 * about no particular GPU type. The circuit opens only if the probe fails too. While the circuit is open, another probe is sent five
 * seconds after the previous probe ended. Only an answer to a probe closes the circuit.
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
      // A request that was sent before the circuit opened may fail later. This failure must not cause a further probe.
      if (policy.state !== CircuitState.Closed) return false;
      failures += 1;
      if (failures >= FAILURES_IN_A_ROW && !probeFailed && !probing) void makeProbe();
      return probeFailed;
    },
  };
  // `makeProbe` decides when an open circuit is probed, so cockatiel must always let the probe through. An infinitely negative
  // `halfOpenAfter` ensures this. For a positive value, cockatiel would compare two readings of the wall clock, which may have been set
  // back in between.
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
          // If a request was answered during the probe, the source as a whole is up, even if the probe failed.
          probeFailed = couldBeDown(error) && failures >= FAILURES_IN_A_ROW;
          throw error;
        }
      });
    } catch (error) {
      // The error is not thrown again, because the probe has already reported it.
      if (!couldBeDown(error)) breaker.success(policy.state);
    } finally {
      probing = false;
    }
  }

  return {
    async run(operation, attempt) {
      if (policy.state !== CircuitState.Closed) {
        throw new UpstreamNotAttemptedError(operation, WHY_REJECTED);
      }
      return policy.execute(attempt);
    },
    get state() {
      return STATES[policy.state];
    },
  };
}
