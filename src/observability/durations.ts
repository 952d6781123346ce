import type { Histogram, Registry } from 'prom-client';

/** Durations of requests, by operation type and status code. Neither value may be chosen by a client. */
export interface RequestDurations {
  readonly observe: (operationType: string, statusCode: number, seconds: number) => void;
}

const NAME = 'graphql_yoga_http_duration';

const HELP = 'Time spent on HTTP connection, in seconds';

/** Upper bounds of the buckets, in seconds: the defaults of prom-client. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** The durations of requests with the same labels. */
class Tally {
  readonly operationType: string;
  readonly statusCode: number;
  /** One count for each bound, of durations up to it and above the previous bound; the last count is of those above all bounds. */
  readonly counts = new Float64Array(BOUNDS.length + 1);
  sum = 0;

  constructor(operationType: string, statusCode: number) {
    this.operationType = operationType;
    this.statusCode = statusCode;
  }

  add(seconds: number): void {
    const bound = BOUNDS.findIndex((most) => seconds <= most);
    const index = bound === -1 ? BOUNDS.length : bound;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += seconds;
  }

  /** Returns the samples of a Prometheus histogram. Buckets are cumulative: each counts all durations up to its bound. */
  values() {
    const { operationType, statusCode, counts, sum } = this;
    const labels = { operationType, statusCode };
    let count = 0;
    const buckets = [...BOUNDS, '+Inf'].map((le, index) => {
      count += counts[index] ?? 0;
      return { metricName: `${NAME}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${NAME}_sum`, labels, value: sum },
      { metricName: `${NAME}_count`, labels, value: count },
    ];
  }
}

/**
 * Creates a histogram in `registry` that builds its samples only when it is collected. prom-client's own histogram sorts and joins
 * labels for each observation: with it, sending a finished response took 4 to 6 % longer.
 */
export function createRequestDurations(registry: Registry): RequestDurations {
  const tallies = new Map<string, Tally>();
  const metric = {
    name: NAME,
    async get() {
      const values = [...tallies.values()].flatMap((tally) => tally.values());
      return { name: NAME, help: HELP, type: 'histogram', aggregator: 'sum', values };
    },
    reset: () => tallies.clear(),
  };
  // The registry uses only these members, although its type requires one of prom-client's classes.
  registry.registerMetric(metric as unknown as Histogram);
  return {
    observe(operationType, statusCode, seconds) {
      const key = `${operationType} ${statusCode}`;
      let tally = tallies.get(key);
      if (tally === undefined) {
        tally = new Tally(operationType, statusCode);
        tallies.set(key, tally);
      }
      tally.add(seconds);
    },
  };
}
