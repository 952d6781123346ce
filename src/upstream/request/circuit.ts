import { CircuitState, circuitBreaker, handleWhen, type IBreaker } from 'cockatiel';
import { UpstreamNotAttemptedError, UpstreamTimeoutError, UpstreamUnreachableError } from '../../domain/errors.ts';

/** The number of consecutive failed attempts after which the whole source is suspected to be down. */
const FAILURES_IN_A_ROW = 10;

/** The time from the opening of the circuit, or from a failed probe, to the next probe, in milliseconds. */
const PROBE_AFTER_MS = 5000;

/** Dependencies of `createCircuit`. */
export interface CircuitOptions {
  /** Sends one request about no particular GPU type. */
  readonly probe: () => Promise<unknown>;
  /** Called when the circuit has opened, so that waiting requests can be rejected. */
  readonly onOpen: () => void;
}

/** A circuit breaker. It stops attempts while the source as a whole is down. */
export interface Circuit {
  /** Runs `attempt`. While the circuit is not closed, rejects immediately with an `UpstreamNotAttemptedError` instead. */
  run<T>(operation: string, attempt: () => Promise<T>): Promise<T>;
  readonly state: 'closed' | 'half-open' | 'open';
}

/** Whether an error could mean that the source is down. An error about an answer, such as a 429, shows that the source is up. */
const couldBeDown = (error: unknown) =>
  error instanceof UpstreamTimeoutError || error instanceof UpstreamUnreachableError;

const STATES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
} as const;

/**
 * Creates a circuit breaker that stays closed when only requests about some GPU types fail. After ten failures in a row it sends a probe
 * about no particular GPU type. The circuit opens only if the probe fails too. While the circuit is open, the breaker sends another probe
 * five seconds after the previous probe ended. Only an answer to a probe closes the circuit.
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
  // The timer below decides when an open circuit is probed. While the circuit is open, only the probe calls `execute`. With this
  // `halfOpenAfter`, cockatiel always lets the probe through. With a positive duration, cockatiel would compare two readings of the wall
  // clock, which may have been set back between them.
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
      // The probe has already reported its own error.
      if (!couldBeDown(error)) breaker.success(policy.state);
    } finally {
      probing = false;
    }
  }

  return {
    async run(operation, attempt) {
      if (policy.state !== CircuitState.Closed) {
        throw new UpstreamNotAttemptedError(
          operation,
          'its API is down; the gateway checks it again every few seconds',
        );
      }
      return policy.execute(attempt);
    },
    get state() {
      return STATES[policy.state];
    },
  };
}
