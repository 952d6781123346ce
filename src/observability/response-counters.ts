import { Counter, Histogram, type Registry } from 'prom-client';

/** Counts responses, executions of operations, and errors in responses. */
export interface ResponseCounters {
  /**
   * Counts a response that was sent without the server library GraphQL Yoga. `isFromStore` is whether the finished response was already in
   * memory. `seconds` is the duration.
   */
  readonly countAnswer: (status: 200 | 304, isFromStore: boolean, seconds: number) => void;
  /** Counts a response of GraphQL Yoga, with its duration. `type` is the type of the operation, or `unknown` if the request was refused. */
  readonly countResponse: (type: OperationType, status: number, seconds: number) => void;
  /** Counts an execution of an operation by GraphQL Yoga, with its duration. */
  readonly countExecution: (type: OperationType, seconds: number) => void;
  /** Counts an error in a response. `code` is the error code that the client receives. */
  readonly countError: (code: string) => void;
}

type OperationType = 'query' | 'mutation' | 'subscription' | 'unknown';

/** The upper bounds of the histogram buckets, in seconds. Most responses from memory take less than a millisecond. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * The labels of responses that are sent without Yoga. They are created only once to save time, because such a response takes only some
 * microseconds.
 */
const FAST = {
  200: { operation_type: 'query', status_code: 200 },
  304: { operation_type: 'query', status_code: 304 },
} as const;

/** Creates the counters in `registry`. */
export function createResponseCounters(registry: Registry): ResponseCounters {
  const registers = [registry];
  const responses = new Histogram({
    name: 'gpu_gateway_request_duration_seconds',
    help: 'Time from a GraphQL request over HTTP to the start of its response, by type of operation (unknown if the request was refused) and HTTP status',
    labelNames: ['operation_type', 'status_code'],
    buckets: BUCKETS,
    registers,
  });
  const executions = new Histogram({
    name: 'gpu_gateway_execution_duration_seconds',
    help: 'Duration of executions by Yoga, over HTTP and WebSocket; for a subscription, the time until it is open',
    labelNames: ['operation_type'],
    buckets: BUCKETS,
    registers,
  });
  const errors = new Counter({
    name: 'gpu_gateway_errors_total',
    help: 'Errors in answers and events, by the code that clients receive',
    labelNames: ['code'],
    registers,
  });
  // The counter for internal errors exists from the start. An alert compares the counter with its earlier value, and would otherwise miss
  // the first error.
  errors.inc({ code: 'internal_server_error' }, 0);
  const countReady = countReadyAnswers(registry);
  return {
    countAnswer(status, isFromStore, seconds) {
      if (isFromStore) countReady();
      responses.observe(FAST[status], seconds);
    },
    countResponse: (type, status, seconds) => responses.observe({ operation_type: type, status_code: status }, seconds),
    countExecution: (type, seconds) => executions.observe({ operation_type: type }, seconds),
    countError: (code) => errors.inc({ code: code.toLowerCase() }),
  };
}

/**
 * Creates a counter of the finished responses that are sent from memory. Returns the function that counts one response. Most requests call
 * this function, so it only increments a number, which is added to the counter when metrics are collected.
 */
function countReadyAnswers(registry: Registry): () => void {
  // The number of finished responses that were sent since the last collection of metrics.
  let sent = 0;
  const answers: Counter = new Counter({
    name: 'gpu_gateway_ready_answers_total',
    help: 'Requests that were answered from memory with a response that had been finished for an earlier request',
    registers: [registry],
    collect() {
      answers.inc(sent);
      sent = 0;
    },
  });
  return () => {
    sent += 1;
  };
}
