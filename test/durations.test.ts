import { array, assert, asyncProperty, constantFrom, double, oneof, record } from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createRequestDurations } from '../src/observability/durations.ts';

const NAME = 'graphql_yoga_http_duration';

/** Durations at, above and below bounds, and any others. */
const seconds = oneof(
  constantFrom(0, 0.005, 0.01, 0.0100001, 0.25, 2.5, 10, 10.1),
  double({ min: 0, max: 100, noNaN: true }),
);

const observed = record({
  operationType: constantFrom('query', 'subscription', 'unknown'),
  statusCode: constantFrom(200, 304, 400),
  seconds,
});

describe('the histogram of requests', () => {
  it("has the same output as prom-client's own", async () => {
    const property = asyncProperty(array(observed), async (all) => {
      const ours = new Registry();
      const theirs = new Registry();
      const { observe } = createRequestDurations(ours);
      const help = 'Time spent on HTTP connection, in seconds';
      const labelNames = ['operationType', 'statusCode'];
      const histogram = new Histogram({ name: NAME, help, labelNames, registers: [theirs] });
      for (const one of all) {
        observe(one.operationType, one.statusCode, one.seconds);
        histogram.observe({ operationType: one.operationType, statusCode: one.statusCode }, one.seconds);
      }
      expect(await samplesOf(ours)).toEqual(await samplesOf(theirs));
    });
    await assert(property);
  });

  it('is reset with its registry', async () => {
    const registry = new Registry();
    const { observe } = createRequestDurations(registry);
    observe('query', 200, 1);
    registry.resetMetrics();
    observe('query', 200, 2);
    expect(await samplesOf(registry)).toContain(`${NAME}_sum{operationType="query",statusCode="200"} 2`);
  });
});

/** The lines of the output, sorted, each with its labels sorted by name. */
async function samplesOf(registry: Registry): Promise<string[]> {
  const text = await registry.metrics();
  const sorted = text.replaceAll(/\{(.*)\}/g, (_all, labels: string) => `{${labels.split(',').toSorted().join(',')}}`);
  return sorted.split('\n').toSorted();
}
